import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { createClock } from '@kubeplant/collector-core';
import { createBlockBuilder } from '../../../collectors/core/src/block/create-block-builder.ts';
import type { BlockReading } from '../../../collectors/core/src/block/block-columns.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const TAGS = 1000;
const PER_BLOCK = 1000;
/** As few as stay in the processor's cache: a collector hands each over as it is made. */
const BLOCKS = 30;
const ROUNDS = 7;
/** Times a round goes through all of it: once takes 1 ms. */
const REPEATS = 100;
const EVERY_US = 1_000_000;

/** Blocks as collectors cut them, against a message for each reading by the same codec. */
export const bench: Bench = {
  name: 'encode',
  description: `${(BLOCKS * PER_BLOCK).toLocaleString('en-US')} readings of ${TAGS} tags into blocks of ${PER_BLOCK}, against a message a reading, ${ROUNDS} rounds`,
  run: async ({ step }: BenchContext): Promise<BenchResult> => {
    const readings = Array.from({ length: BLOCKS * PER_BLOCK }, (_, index) => readingAt(index));
    const ours: number[] = [];
    const peer: number[] = [];
    const bytes = { ours: 0, peer: 0 };
    // The first round only warms up.
    for (let round = 0; round < ROUNDS + 1; round += 1) {
      step(`round ${round}`);
      const mine = timed(() => encodeBlocks(readings));
      const theirs = timed(() => encodeRows(readings));
      if (round > 0) [ours[round - 1], peer[round - 1]] = [mine.rate, theirs.rate];
      [bytes.ours, bytes.peer] = [mine.bytes, theirs.bytes];
    }
    return {
      ...{ name: 'encode', goal: 3, gate: 2.7, ratio: median(ours) / median(peer), unit: 'readings/s', higherIsBetter: true, ours, peer },
      notes: [
        `${(bytes.ours / readings.length).toFixed(1)} B a reading (goal 14), row by row ${(bytes.peer / readings.length).toFixed(1)} B`,
        `${(1e6 / median(ours)).toFixed(3)} µs a reading`,
      ],
    };
  },
};

/** Tags in turn, each once a second: values that a double is needed for, times with the jitter of polling. */
function readingAt(index: number): BlockReading {
  const timeUs = 1_790_000_000_000_000 + Math.floor(index / TAGS) * EVERY_US + (index % TAGS) * 17;
  return { tag: (index % TAGS) + 1, timeUs, receivedUs: timeUs, value: 50 + 10 * Math.sin(index / 997), status: 0, flags: 0 };
}

function timed(encode: () => number): { readonly rate: number; readonly bytes: number } {
  const startMs = performance.now();
  let bytes = 0;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) bytes = encode();
  return { rate: (REPEATS * BLOCKS * PER_BLOCK) / ((performance.now() - startMs) / 1000), bytes };
}

function encodeBlocks(readings: readonly BlockReading[]): number {
  let bytes = 0;
  const builder = createBlockBuilder({
    run: '01JD00000000000000000BENCH',
    clock: createClock(),
    takeLost: () => [],
    onBlock: (block) => (bytes += block.bytes.length),
    maxReadings: PER_BLOCK,
  });
  for (const reading of readings) builder.add(reading);
  builder.flush();
  return bytes;
}

function encodeRows(readings: readonly BlockReading[]): number {
  let bytes = 0;
  for (let first = 0; first < readings.length; first += PER_BLOCK) {
    const writer = new BinaryWriter();
    for (let index = first; index < first + PER_BLOCK; index += 1) {
      const { tag, timeUs, value, status, flags } = readings[index] as BlockReading; // within the list
      encodeReading({ tag, timeUs, value: value as number, status, flags }, writer.uint32(10).fork()).join();
    }
    bytes += writer.finish().length;
  }
  return bytes;
}

/** As ts-proto generates it for a message with these fields. */
function encodeReading(
  message: { readonly tag: number; readonly timeUs: number; readonly value: number; readonly status: number; readonly flags: number },
  writer: BinaryWriter,
): BinaryWriter {
  if (message.tag !== 0) writer.uint32(8).uint32(message.tag);
  if (message.timeUs !== 0) writer.uint32(17).sfixed64(message.timeUs);
  if (message.value !== 0) writer.uint32(25).double(message.value);
  if (message.status !== 0) writer.uint32(32).uint32(message.status);
  if (message.flags !== 0) writer.uint32(40).uint32(message.flags);
  return writer;
}
