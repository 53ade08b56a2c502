import { crc16 } from '../codec/crc16.ts';
import type { Framing } from '../codec/framing.ts';
import type { Random } from './create-random.ts';

/** What is sent instead of an honest reply: pieces that arrive one after the other, and whether the connection then ends. */
export interface MutatedReply {
  readonly pieces: readonly Uint8Array[];
  readonly closes: boolean;
}

type Mutation = (frame: Uint8Array, random: Random, previous: Uint8Array) => Uint8Array;

/** One of the first bytes, where header, unit, function and length are, set to something near or far. */
const editHead: Mutation = (frame, random) => edit(frame, random.below(Math.min(frame.length, 10)), random);

const MUTATIONS: readonly Mutation[] = [
  (frame) => frame,
  (frame) => frame,
  editHead,
  editHead,
  (frame, random) => editHead(editHead(frame, random, frame), random, frame),
  (frame, random) => edit(frame, random.below(frame.length), random),
  (frame, random) => frame.with(random.below(frame.length), 1 << random.below(8)),
  (frame, random) => frame.subarray(0, random.below(frame.length)),
  (frame, random) => join(frame, random.bytes(1 + random.below(20))),
  (frame, random) => join(random.bytes(1 + random.below(20)), frame),
  (frame) => join(frame, frame),
  (frame, _random, previous) => join(previous, frame),
  (frame, random, previous) => join(previous.subarray(0, random.below(previous.length)), frame),
  (frame, random, previous) => join(frame.subarray(0, random.below(frame.length)), previous),
  (frame, random) => join(...Array.from({ length: 2 + random.below(60) }, () => editHead(frame, random, frame))),
  (_frame, random) => random.bytes(1 + random.below(600)),
  () => new Uint8Array(0),
];

/** Mutate a reply: at most a few of the frames stay as they were. A broken serial-line frame often gets a good CRC again. */
export function mutateReply(
  framing: Framing,
  { honest, previous }: Record<'honest' | 'previous', Uint8Array>,
  random: Random,
): MutatedReply {
  const mutation = MUTATIONS[random.below(MUTATIONS.length)] ?? editHead;
  let bytes = mutation(honest, random, previous);
  if (framing === 'RtuOverTcp' && bytes.length > 3 && random.below(2) === 0) bytes = sealed(bytes);
  const cutAt = random.below(5) === 0 ? random.below(bytes.length) : 0;
  const pieces = [bytes.subarray(0, cutAt), bytes.subarray(cutAt)].filter((piece) => piece.length > 0);
  return { pieces, closes: random.below(50) === 0 };
}

function edit(frame: Uint8Array, at: number, random: Random): Uint8Array {
  const present = frame[at] ?? 0;
  return frame.with(at, [present + 1, present - 1, present ^ 0x80, 0, 0xff, random.below(256)][random.below(6)] ?? 0);
}

function sealed(bytes: Uint8Array): Uint8Array {
  const crc = crc16(bytes, 0, bytes.length - 2);
  return bytes.with(bytes.length - 2, crc & 0xff).with(bytes.length - 1, crc >> 8);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
