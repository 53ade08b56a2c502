import { join } from 'node:path';
import type { LogDeps } from './log-deps.ts';
import { readSegment } from './read-segment.ts';
import { decodeFileHeader, type DecodedRecordHeader, FILE_HEADER_BYTES, RECORD_HEADER_BYTES } from './record.ts';
import { decodeIndex, INDEX_FILE, type SegmentIndex } from './segment-index.ts';
import { addToSegment, createSegment, type Segment } from './segment-table.ts';

/** Ending of segment files. */
export const SEGMENT_ENDING = '.seg';
const ASIDE_ENDING = '.set-aside';

/** Bring the segments of a folder into the table: by the index where it knows them, else by reading them. */
export async function loadSegments(deps: LogDeps): Promise<void> {
  const names = (await deps.fs.list(deps.folder)).filter((name) => name.endsWith(SEGMENT_ENDING)).sort();
  const index = await readIndex(deps);
  deps.table.commit((index?.committed ?? []).map(({ run, committed }) => ({ run, committed: [...committed] })));
  const known = new Map(index?.segments.map((segment) => [segment.name, segment]));
  for (const name of names) {
    const sizeBytes = await deps.fs.sizeOf(join(deps.folder, name));
    const told = known.get(name);
    const segment = told?.bytes === sizeBytes ? told : await scan(deps, name, sizeBytes);
    if (segment) deps.table.add(segment);
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

/** Read a file through; a torn end is cut off. Undefined: nothing is left of it. */
async function scan(deps: LogDeps, name: string, sizeBytes: number): Promise<Segment | undefined> {
  const { fs, folder } = deps;
  const path = join(folder, name);
  const header = decodeFileHeader(await fs.read(path, 0, FILE_HEADER_BYTES));
  if (header.kind !== 'header') return sizeBytes < FILE_HEADER_BYTES ? void (await fs.remove(path)) : setAside(deps, name, header.reason);
  const segment = createSegment(name, header.run, false);
  let nextSeq = header.firstSeq;
  let isAfterDamage = false;
  segment.bytes = sizeBytes;
  segment.fromUs = header.fromUs;
  for await (const item of readSegment({ fs, path, until: sizeBytes })) {
    if (item.kind === 'damaged' && item.atEnd && isTorn(item.header, item.bytes)) {
      await fs.truncate(path, item.at);
      segment.bytes = item.at;
    } else if (item.kind === 'damaged') {
      isAfterDamage = true;
    }
    if (item.header?.kind !== 'block' || (item.kind === 'damaged' && segment.bytes === item.at)) continue;
    // What lies between two blocks with damage between them was there.
    if (isAfterDamage) segment.seqs.add(nextSeq, item.header.seq - 1);
    isAfterDamage = item.kind === 'damaged' && isAfterDamage;
    const { seq, count: readings, fromUs, untilUs } = item.header;
    addToSegment(segment, { seq, readings, fromUs, untilUs });
    nextSeq = seq + 1;
  }
  if (segment.seqs.size > 0) return segment;
  await fs.remove(path);
  return undefined;
}

/** Bytes at the end of a file that were never written whole. */
function isTorn(header: DecodedRecordHeader | undefined, bytes: Buffer): boolean {
  return header === undefined || bytes.length < RECORD_HEADER_BYTES + header.length;
}

async function setAside({ fs, folder, log, notice, lose, clock }: LogDeps, name: string, reason: string): Promise<undefined> {
  const path = join(folder, `${name}${ASIDE_ENDING}`);
  await fs.rename(join(folder, name), path);
  log.error({ path, reason }, 'a file of the segment log cannot be read and is set aside');
  notice(`BufferDamaged: ${name} cannot be read (${reason}); it is kept as ${path}`);
  // What was in it is not known, nor of when.
  lose({ fromUs: clock.nowUs(), untilUs: clock.nowUs(), readings: 0, blocks: 0, reason: 'BufferDamaged' });
  return undefined;
}
