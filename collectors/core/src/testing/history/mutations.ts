import { Block } from '@kubeplant/proto';
import type { Delivery, Outgoing } from '../../block/block-buffer.ts';
import { crc32c } from '../../log/crc32c.ts';
import type { FileSystem } from '../../log/file-system.ts';
import { decodeRecordHeader, encodeRecordHeader, findMarker, RECORD_HEADER_BYTES } from '../../log/record.ts';

/** What a careless collector or owner would do. A history with one of them must not pass. */
export type Mutation = 'withoutSync' | 'withoutCrc' | 'recutBlocks' | 'reusedEpoch';

/** A disk that says that it has synced. */
export function forgetSyncs(fs: FileSystem): FileSystem {
  return { ...fs, create: async (path) => ({ ...(await fs.create(path)), sync: async () => {} }) };
}

/** Give every record of a segment the sums of what is in it: damage cannot be seen any more. */
export function repairSums(bytes: Buffer): Buffer {
  const repaired = Buffer.from(bytes);
  for (let at = findMarker(repaired, 0); at !== undefined; at = findMarker(repaired, at + 1)) {
    const header = decodeRecordHeader(repaired, at);
    if (header === undefined) continue;
    const payload = repaired.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + header.length);
    if (crc32c(payload) !== header.sum) encodeRecordHeader(header, payload).copy(repaired, at);
  }
  return repaired;
}

/** Sends what waited in blocks of another cut: two in one. */
export const recut = (delivery: Delivery): Delivery => ({
  ...delivery,
  nextBacklog: () => joinTwo(delivery.nextBacklog(), () => delivery.nextBacklog()),
});

function joinTwo(first: Outgoing | undefined, takeNext: () => Outgoing | undefined): Outgoing | undefined {
  if (first?.kind !== 'block') return first;
  const second = takeNext();
  if (second?.kind !== 'block' || second.run !== first.run) return first;
  const [a, b] = [Block.decode(first.bytes), Block.decode(second.bytes)];
  const times = [...absolute(a.timeDeltaUs), ...absolute(b.timeDeltaUs)];
  const timeDeltaUs = times.map((timeUs, row) => timeUs - (times[row - 1] ?? 0));
  const joined = { ...b, tag: [...a.tag, ...b.tag], value: [...a.value, ...b.value], timeDeltaUs, lost: [...a.lost, ...b.lost] };
  return { ...second, bytes: Buffer.from(Block.encode(joined).finish()) };
}

function absolute(deltas: readonly number[]): number[] {
  let sum = 0;
  return deltas.map((delta) => (sum += delta));
}
