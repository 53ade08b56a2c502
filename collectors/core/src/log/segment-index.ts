import { crc32c } from './crc32c.ts';
import { createRangeSet, type Range } from './range-set.ts';
import { createSegment, type Segment, type SegmentTable } from './segment-table.ts';

/** Name of the index among the segments. */
export const INDEX_FILE = 'index';

/** What a process tells the next one, so that it need not read every file nor ask for what is long committed. */
export interface SegmentIndex {
  readonly segments: readonly Segment[];
  readonly committed: readonly { readonly run: string; readonly committed: readonly Range[] }[];
}

interface IndexText {
  readonly version: number;
  readonly segments: readonly (Pick<Segment, 'name' | 'run' | 'bytes' | 'readings' | 'fromUs' | 'untilUs'> & {
    readonly seqs: readonly Range[];
  })[];
  readonly committed: SegmentIndex['committed'];
}

const VERSION = 1;
const SUM_DIGITS = 8;

/** The index of a table: CRC-32C in hex, a line break, JSON. Files still being written, and damaged ones, are left out. */
export function encodeIndex(table: Pick<SegmentTable, 'segments' | 'runs' | 'committedOf'>): Buffer {
  const text: IndexText = {
    version: VERSION,
    segments: table
      .segments()
      .filter(({ open, isDamaged }) => !open && !isDamaged)
      .map(({ name, run, bytes, readings, fromUs, untilUs, seqs }) => ({
        name,
        run,
        bytes,
        readings,
        fromUs,
        untilUs,
        seqs: seqs.ranges(),
      })),
    committed: table.runs().map((run) => ({ run, committed: table.committedOf(run).ranges() })),
  };
  const json = Buffer.from(JSON.stringify(text));
  return Buffer.concat([Buffer.from(`${crc32c(json).toString(16).padStart(SUM_DIGITS, '0')}\n`), json]);
}

/** Read an index; undefined when it is damaged or of another version: then the files themselves are read. */
export function decodeIndex(bytes: Buffer): SegmentIndex | undefined {
  const json = bytes.subarray(SUM_DIGITS + 1);
  if (bytes.toString('latin1', 0, SUM_DIGITS) !== crc32c(json).toString(16).padStart(SUM_DIGITS, '0')) return undefined;
  let text: IndexText;
  try {
    // The sum is right, so it is what encodeIndex wrote; another version is refused below.
    text = JSON.parse(json.toString()) as IndexText;
  } catch {
    return undefined;
  }
  if (text.version !== VERSION) return undefined;
  return {
    committed: text.committed,
    segments: text.segments.map(({ name, run, seqs, ...counts }) => ({
      ...createSegment(name, run, false),
      ...counts,
      seqs: createRangeSet(seqs),
    })),
  };
}
