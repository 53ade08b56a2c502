import { join } from 'node:path';
import { Block } from '@kubeplant/proto';
import { createKnownEntries, type KnownEntries } from './known-entries.ts';
import type { LogDeps } from './log-deps.ts';
import { createRangeSet, firstOutside, type RangeSet } from './range-set.ts';
import { readSegment, type SegmentItem } from './read-segment.ts';
import type { DecodedRecordHeader } from './record.ts';
import type { Segment } from './segment-table.ts';

/** A sound record. */
export type SegmentRecord = Extract<SegmentItem, { kind: 'record' }>;

/** What was found while a segment was passed through. */
interface Findings {
  readonly seen: RangeSet;
  seenReadings: number;
  /** Time up to which the last sound block reaches. */
  reachedUs: number;
  /** Span in which blocks were not sound; inside out while there is none. */
  fromUs: number;
  untilUs: number;
  /** The span goes on until the next sound block. */
  isOpen: boolean;
}

/** Damaged bytes are kept for whoever wants to look, but of so many places only. */
const MAX_QUARANTINED = 20;

/**
 * The sound records of a segment from the first to the last. Bytes that are not sound go into a file of their own
 * (`<segment>.<offset>.bad`); once through, the blocks that were there and could not be read are given up. Where a part of the
 * dictionary may be damaged it is taken from the other segments of the run, and a block that needs more is held to be damaged.
 */
export async function* passSegment(deps: LogDeps, segment: Segment): AsyncGenerator<SegmentRecord> {
  const findings = createFindings(segment);
  const expected = createRangeSet(segment.seqs.ranges()); // an open segment grows meanwhile
  const dictionary: Buffer[] = [];
  let known: KnownEntries | undefined;
  for await (const item of readSegment({ fs: deps.fs, path: join(deps.folder, segment.name), until: segment.bytes })) {
    if (item.kind === 'damaged' || (item.header.kind === 'block' && known?.explain(item.payload) === false)) {
      beginHole(findings, item.header);
      await quarantine(deps, segment, item);
      if (known || item.header?.kind === 'block' || segment.run === deps.dictionary.run) continue;
      known = createKnownEntries();
      for (const payload of dictionary.splice(0)) known.learn(payload);
      for await (const record of dictionaryElsewhere(deps, segment)) {
        known.learn(record.payload);
        yield record;
      }
      continue;
    }
    if (item.header.kind === 'block') see(findings, item);
    else if (known) known.learn(item.payload);
    else dictionary.push(item.payload);
    yield item;
  }
  giveUpMissing(deps, segment, expected, findings);
}

/** Every segment begins with the dictionary as it was then: what one lacks another of the run may have. */
async function* dictionaryElsewhere({ fs, folder, table }: LogDeps, segment: Segment): AsyncGenerator<SegmentRecord> {
  for (const { name, run, bytes } of table.segments()) {
    if (run !== segment.run || name === segment.name) continue;
    for await (const item of readSegment({ fs, path: join(folder, name), until: bytes }))
      if (item.kind === 'record' && item.header.kind === 'run') yield item;
  }
}

const createFindings = ({ fromUs }: Segment): Findings => ({
  seen: createRangeSet(),
  seenReadings: 0,
  reachedUs: fromUs,
  fromUs: Number.POSITIVE_INFINITY,
  untilUs: Number.NEGATIVE_INFINITY,
  isOpen: false,
});

function see(findings: Findings, { header: { seq, count, fromUs, untilUs }, payload }: SegmentRecord): void {
  findings.seen.add(seq, seq);
  findings.seenReadings += count;
  findings.reachedUs = Math.max(findings.reachedUs, untilUs);
  if (findings.isOpen) {
    findings.fromUs = Math.min(findings.fromUs, fromUs);
    findings.untilUs = Math.max(findings.untilUs, firstReadingUs(payload) ?? fromUs);
  }
  findings.isOpen = false;
}

/** Time of the first reading of a block. What its header says is earlier where its observed span begins in the block before. */
export function firstReadingUs(payload: Buffer): number | undefined {
  const { timeDeltaUs, texts } = Block.decode(payload);
  return timeDeltaUs[0] ?? texts[0]?.timeUs;
}

/** `header`: of the block that is not sound, where that much is known. */
function beginHole(findings: Findings, header: DecodedRecordHeader | undefined): void {
  if (header?.kind === 'block') {
    findings.fromUs = Math.min(findings.fromUs, header.fromUs);
    findings.untilUs = Math.max(findings.untilUs, header.untilUs);
    return;
  }
  findings.fromUs = Math.min(findings.fromUs, findings.reachedUs);
  findings.untilUs = Math.max(findings.untilUs, findings.reachedUs); // the clock may have been set back after it
  findings.isOpen = true;
}

async function quarantine({ fs, folder, log, notice }: LogDeps, { name }: Segment, item: SegmentItem): Promise<void> {
  const { at } = item;
  const bytes = item.kind === 'damaged' ? item.bytes : item.payload;
  const kept = (await fs.list(folder)).filter((each) => each.endsWith('.bad')).length;
  const path = join(folder, `${name}.${at}.bad`);
  // To keep them is good for whoever wants to look; that it may fail must not hold up what is sound.
  if (kept < MAX_QUARANTINED) await fs.replace(path, bytes).catch(() => undefined);
  log.error({ segment: name, at, bytes: bytes.length, path }, 'a part of the segment log is damaged and is left out');
  notice(`BufferDamaged: ${bytes.length} bytes of ${name} at ${at} could not be read`);
}

function giveUpMissing(deps: LogDeps, segment: Segment, expected: RangeSet, findings: Findings): void {
  const known = [findings.seen, deps.table.committedOf(segment.run)];
  let blocks = 0;
  for (let seq = next(); seq !== undefined; seq = next()) {
    expected.remove(seq, seq);
    segment.seqs.remove(seq, seq);
    if (isInMemory(deps, segment, seq)) deps.tail.pin(seq);
    else blocks++;
  }
  function next(): number | undefined {
    return firstOutside(expected, Number.POSITIVE_INFINITY, known);
  }
  if (blocks === 0) return;
  segment.isDamaged = true;
  if (findings.fromUs === Number.POSITIVE_INFINITY) beginHole(findings, undefined); // the file is shorter than it was
  const readings = Math.max(0, segment.readings - findings.seenReadings);
  const untilUs = findings.isOpen ? Math.max(findings.untilUs, segment.untilUs) : findings.untilUs;
  segment.readings = findings.seenReadings;
  deps.lose({ fromUs: findings.fromUs, untilUs, readings, blocks, reason: 'BufferDamaged' });
}

const isInMemory = ({ dictionary, tail }: LogDeps, { run }: Segment, seq: number): boolean =>
  run === dictionary.run && tail.get(seq) !== undefined;
