import { zstdCompressSync } from 'node:zlib';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { StoredReading } from '../ports.ts';
import type { ExportWriter } from './export-writer.ts';
import { type ExportedSeries, unitAt } from './exported-series.ts';
import { createExportedWords, type ExportedWords } from './exported-words.ts';

/** Readings of a row group: what is held in memory before it is written. */
const GROUP_ROWS = 50_000;

const text = (name: string, repetition_type: 'REQUIRED' | 'OPTIONAL'): SchemaElement => ({
  ...{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type },
});
/** Microseconds in UTC. */
const instant = (name: string): SchemaElement => ({
  ...{ name, type: 'INT64', repetition_type: 'REQUIRED' },
  ...{ converted_type: 'TIMESTAMP_MICROS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
});

const COLUMNS = [
  text('tag', 'REQUIRED'),
  instant('time'),
  { name: 'value', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  text('text', 'OPTIONAL'),
  text('unit', 'OPTIONAL'),
  { name: 'status', type: 'INT32', repetition_type: 'REQUIRED' },
  text('status_text', 'REQUIRED'),
  text('flags', 'REQUIRED'),
  instant('received'),
  text('origin', 'REQUIRED'),
  text('time_zone', 'REQUIRED'),
] satisfies SchemaElement[];

/** A file with a row a reading, in groups; columns are compressed with Zstandard. */
export function createParquetWriter(): ExportWriter {
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [{ name: 'reading', num_children: COLUMNS.length }, ...COLUMNS];
  const compressors = { ZSTD: (input: Uint8Array) => zstdCompressSync(input) };
  const file = new ParquetWriter({ writer: bytes, schema, codec: 'ZSTD', compressors, createdBy: 'kubeplant' });
  const words = createExportedWords();
  let series: ExportedSeries | undefined;
  let group = createGroup();
  const take = (): Uint8Array => {
    const taken = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0; // `offset` goes on: it is the place in the file
    return taken;
  };
  const writeGroup = (): void => {
    if (group.tag.length === 0) return;
    void file.write({ columnData: toColumnData(group), rowGroupSize: GROUP_ROWS }); // the writer is synchronous
    group = createGroup();
  };
  return {
    begin: (next) => {
      series = next;
    },
    write: (readings) => {
      for (const reading of readings) {
        if (series !== undefined) addRow(group, { series, words }, reading);
        if (group.tag.length === GROUP_ROWS) writeGroup();
      }
      return take();
    },
    end: () => {
      writeGroup();
      void file.finish(); // the writer is synchronous
      return take();
    },
  };
}

const createGroup = () => ({
  ...{ tag: [] as string[], time: [] as bigint[], value: [] as (number | null)[], text: [] as (string | null)[] },
  ...{ unit: [] as (string | null)[], status: [] as number[], status_text: [] as string[], flags: [] as string[] },
  ...{ received: [] as bigint[], origin: [] as string[], time_zone: [] as string[] },
});
type Group = ReturnType<typeof createGroup>;

function addRow(
  group: Group,
  { series, words }: { readonly series: ExportedSeries; readonly words: ExportedWords },
  { timeUs, value, status, flags, receivedUs }: StoredReading,
): void {
  group.tag.push(series.path);
  group.time.push(BigInt(Math.round(timeUs)));
  group.value.push(typeof value === 'number' && Number.isFinite(value) ? value : null);
  group.text.push(typeof value === 'string' ? value : null);
  group.unit.push(unitAt(series, timeUs) || null);
  group.status.push(status);
  group.status_text.push(words.status(status));
  group.flags.push(words.flags(flags).join(' '));
  group.received.push(BigInt(Math.round(receivedUs)));
  group.origin.push(series.origin);
  group.time_zone.push(series.timezone);
}

/** Times grow by about the same step, which the encoding by differences makes small. */
const toColumnData = (group: Group) =>
  COLUMNS.map(({ name, type }) => ({
    ...{ name, data: group[name as keyof Group] }, // every column has its list
    ...(type === 'INT64' ? { encoding: 'DELTA_BINARY_PACKED' as const } : {}),
  }));
