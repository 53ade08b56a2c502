import { join } from 'node:path';
import { Run } from '@kubeplant/proto';
import type { EncodedBlock } from '../block/block-buffer.ts';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import type { LogFile } from './file-system.ts';
import { SEGMENT_ENDING } from './load-segments.ts';
import type { LogDeps } from './log-deps.ts';
import { encodeFileHeader, encodeRecordHeader, FILE_HEADER_BYTES } from './record.ts';
import { addToSegment, createSegment, type Segment } from './segment-table.ts';

/** The segment that is being written. */
export interface SegmentFile {
  readonly segment: Segment;
  readonly begunMs: number;
  append(blocks: readonly EncodedBlock[]): Promise<void>;
  sync(): Promise<void>;
  /** Nothing more will be written. */
  close(): Promise<void>;
  /** It failed: what was not synced does not count. Never rejects. */
  abandon(): Promise<void>;
}

const NUMBER_DIGITS = 6;

/** Begin the `number`th file of this run. Its name sorts behind those before. */
export async function createSegmentFile(deps: LogDeps, number: number, first: EncodedBlock): Promise<SegmentFile> {
  const { fs, clock, folder, dictionary, table, tail } = deps;
  const { run } = dictionary;
  const name = `${run}-${String(number).padStart(NUMBER_DIGITS, '0')}${SEGMENT_ENDING}`;
  const file = await fs.create(join(folder, name));
  const segment = createSegment(name, run, true);
  let told = 0;
  let syncedBytes = 0;

  async function begin(): Promise<void> {
    await file.append([encodeFileHeader({ run, firstSeq: first.seq, fromUs: first.fromUs })]);
    segment.bytes = FILE_HEADER_BYTES;
  }

  await begin().catch((error: unknown) => closeQuietly(file).then(() => Promise.reject(error)));
  table.add(segment);
  return {
    segment,
    begunMs: clock.monotonicMs(),
    append: async (blocks) => {
      const { size } = dictionary;
      const parts = [...encodeDictionary(dictionary, told), ...blocks.flatMap(toRecord)];
      await file.append(parts);
      told = size;
      segment.bytes += parts.reduce((sum, { length }) => sum + length, 0);
      segment.appendedMs = clock.monotonicMs();
      for (const block of blocks) addToSegment(segment, block);
      tail.setWritten(blocks.at(-1)?.seq ?? tail.writtenSeq);
    },
    sync: async () => {
      await file.sync();
      syncedBytes = segment.bytes;
      tail.setSynced();
    },
    close: async () => {
      segment.open = false;
      await file.close();
    },
    abandon: async () => {
      segment.open = false;
      if (tail.writtenSeq > tail.syncedSeq) segment.seqs.remove(tail.syncedSeq + 1, tail.writtenSeq);
      segment.bytes = syncedBytes;
      tail.forgetUnsynced();
      if (segment.seqs.size === 0) table.remove(segment);
      await closeQuietly(file);
    },
  };
}

/** What the numbers mean that are new to the file. */
function encodeDictionary(dictionary: RunDictionary, told: number): readonly Buffer[] {
  let seq = told;
  return dictionary.messagesAfter(told).flatMap((message) => {
    const payload = Buffer.from(Run.encode(message).finish());
    const count = message.devices.length + message.tags.length;
    const header = encodeRecordHeader({ kind: 'run', seq, count, fromUs: 0, untilUs: 0, hasLost: false }, payload);
    seq += count;
    return [header, payload];
  });
}

function toRecord({ seq, readings: count, fromUs, untilUs, lost, bytes }: EncodedBlock): readonly Buffer[] {
  return [encodeRecordHeader({ kind: 'block', seq, count, fromUs, untilUs, hasLost: lost.length > 0 }, bytes), bytes];
}

async function closeQuietly(file: LogFile): Promise<void> {
  await file.close().catch(() => {}); // it is given up for another reason, which is told
}
