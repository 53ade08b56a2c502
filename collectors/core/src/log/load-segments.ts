import { join } from 'node:path';
import type { LogDeps } from './log-deps.ts';
import { firstReadingUs } from './pass-segment.ts';
import { readSegment, type SegmentItem } from './read-segment.ts';
import { decodeFileHeader, FILE_HEADER_BYTES, RECORD_HEADER_BYTES } from './record.ts';
import { decodeIndex, INDEX_FILE, type SegmentIndex } from './segment-index.ts';
import { addToSegment, createSegment, type Segment } from './segment-table.ts';

/** Ending of segment files. */
export const SEGMENT_ENDING = '.seg';
const ASIDE_ENDING = '.set-aside';
/** A record header ends with its sum. */
const SUM_BYTES = 4;

/** Bring the segments of a folder into the table: by the index where it knows them, else by reading them. */
export async function loadSegments(deps: LogDeps): Promise<void> {
  const names = (await deps.fs.list(deps.folder)).filter((name) => name.endsWith(SEGMENT_ENDING)).sort();
  const index = await readIndex(deps);
  deps.table.commit((index?.committed ?? []).map(({ run, committed }) => ({ run, committed: [...committed] })));
  const known = new Map(index?.segments.map((segment) => [segment.name, segment]));
  let scanned: Segment | undefined;
  for (const name of names) {
    const sizeBytes = await deps.fs.sizeOf(join(deps.folder, name));
    const told = known.get(name);
    const segment = told?.bytes === sizeBytes ? told : await scan(deps, name, sizeBytes, told);
    if (segment === undefined) continue;
    deps.table.add(segment);
    if (scanned?.run === segment.run && segment.run !== deps.dictionary.run) await claimUntil(deps, scanned, segment);
    scanned = segment === told ? undefined : segment;
  }
}

/** What lies between the blocks of a file that was read and those of the next was there: its end was cut off. Of this run memory knows. */
async function claimUntil({ fs, folder }: LogDeps, segment: Segment, next: Segment): Promise<void> {
  const last = segment.seqs.ranges().at(-1)?.last;
  const first = next.seqs.ranges()[0]?.first;
  if (last === undefined || first === undefined || first <= last + 1) return;
  segment.seqs.add(last + 1, first - 1);
  segment.untilUs = Math.max(segment.untilUs, next.fromUs);
  for await (const item of readSegment({ fs, path: join(folder, next.name), until: next.bytes })) {
    if (item.kind !== 'record' || item.header.kind !== 'block') continue;
    segment.untilUs = Math.max(segment.untilUs, firstReadingUs(item.payload) ?? 0);
    return;
  }
}

async function readIndex({ fs, folder, log }: LogDeps): Promise<SegmentIndex | undefined> {
  const path = join(folder, INDEX_FILE);
  if (!(await fs.list(folder)).includes(INDEX_FILE)) return undefined;
  const index = decodeIndex(await fs.read(path, 0, await fs.sizeOf(path)));
  if (index === undefined)
    log.warn({ path }, 'the index of the segment log is damaged or of another version; the segments are read instead');
  return index;
}

/** Read a file through; a torn end is cut off. `told`: what the index says was in it. Undefined: nothing is left of it. */
async function scan(deps: LogDeps, name: string, sizeBytes: number, told: Segment | undefined): Promise<Segment | undefined> {
  const { fs, folder } = deps;
  const path = join(folder, name);
  if (sizeBytes < FILE_HEADER_BYTES && told === undefined) return void (await fs.remove(path));
  const header = decodeFileHeader(await fs.read(path, 0, FILE_HEADER_BYTES));
  const isSound = header.kind === 'header';
  const run = isSound ? header.run : header.kind === 'malformed' ? runOf(name) : undefined;
  if (run === undefined) return setAside(deps, name, isSound ? '' : header.reason, told);
  const segment = createSegment(name, run, false);
  segment.bytes = sizeBytes;
  if (isSound) segment.fromUs = segment.untilUs = header.fromUs;
  /** Block that comes next; unknown until the first sound one where the beginning of the file is damaged. */
  let nextSeq = isSound ? header.firstSeq : undefined;
  let isAfterHole = false;
  for await (const item of readSegment({ fs, path, until: sizeBytes })) {
    if (item.kind === 'damaged' && item.atEnd && isTorn(item)) {
      await fs.truncate(path, item.at);
      segment.bytes = item.at;
      continue;
    }
    const isHole = item.kind === 'damaged' && item.bytes.length !== RECORD_HEADER_BYTES + (item.header?.length ?? Number.NaN);
    isAfterHole ||= isHole;
    if (item.header?.kind !== 'block') continue;
    const { seq, count: readings, fromUs, untilUs } = item.header;
    // What lies between two blocks with a hole between them was there.
    if (isAfterHole) segment.seqs.add(nextSeq ?? seq, seq - 1);
    isAfterHole = isHole;
    addToSegment(segment, { seq, readings, fromUs, untilUs });
    nextSeq = seq + 1;
  }
  if (isAfterHole && nextSeq !== undefined) {
    segment.seqs.add(nextSeq, nextSeq); // one at least, and nobody knows until when
    segment.untilUs = told?.untilUs ?? deps.clock.nowUs();
  }
  if (!isSound && segment.seqs.size === 0) return setAside(deps, name, header.reason, told);
  if (told) claimTold(segment, told);
  if (segment.seqs.size > 0) return segment;
  await fs.remove(path);
  return undefined;
}

/** What the index says was there and is not found is lost, and will be said to be. */
function claimTold(segment: Segment, told: Segment): void {
  for (const { first, last } of told.seqs.ranges()) segment.seqs.add(first, last);
  segment.readings = Math.max(segment.readings, told.readings);
  segment.fromUs = Math.min(segment.fromUs, told.fromUs);
  segment.untilUs = Math.max(segment.untilUs, told.untilUs);
}

/** Every file is named `<run>-<number>.seg`. */
const runOf = (name: string): string | undefined => /^(.+)-\d+\.seg$/.exec(name)?.[1];

/** Bytes at the end of a file that were never written whole: too few, or zeros where the rest should be. */
function isTorn({ header, bytes }: Extract<SegmentItem, { kind: 'damaged' }>): boolean {
  if (header !== undefined) return bytes.length < RECORD_HEADER_BYTES + header.length;
  return bytes.length < RECORD_HEADER_BYTES || bytes.subarray(RECORD_HEADER_BYTES - SUM_BYTES).every((byte) => byte === 0);
}

async function setAside(deps: LogDeps, name: string, reason: string, told: Segment | undefined): Promise<undefined> {
  const { fs, folder, log, notice, lose, clock, table } = deps;
  const path = join(folder, `${name}${ASIDE_ENDING}`);
  await fs.rename(join(folder, name), path);
  log.error({ path, reason }, 'a file of the segment log cannot be read and is set aside');
  notice(`BufferDamaged: ${name} cannot be read (${reason}); it is kept as ${path}`);
  if (told && table.isCommitted(told)) return;
  const nowUs = clock.nowUs();
  // Without the index it is not known what was in it, nor of when.
  const { fromUs, untilUs, readings, seqs } = told ?? { fromUs: nowUs, untilUs: nowUs, readings: 0, seqs: { size: 0 } };
  lose({ fromUs, untilUs, readings, blocks: seqs.size, reason: 'BufferDamaged' });
}
