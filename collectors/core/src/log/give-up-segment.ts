import { Block, type Lost } from '@kubeplant/proto';
import { codeOf } from './file-system.ts';
import type { LogDeps } from './log-deps.ts';
import { createRangeSet } from './range-set.ts';
import { passSegment } from './pass-segment.ts';
import type { Segment } from './segment-table.ts';

/** What would be lost with a segment, for this reason. */
export async function lossesOf(deps: LogDeps, segment: Segment, reason: string): Promise<readonly Lost[]> {
  if (deps.table.isCommitted(segment)) return [];
  const losses = (await readLosses(deps, segment, reason)) ?? [estimate(deps, segment, reason, [])];
  return losses.filter(({ blocks }) => blocks > 0);
}

/** What exactly is lost; undefined when the file cannot be read. */
async function readLosses(deps: LogDeps, segment: Segment, reason: string): Promise<Lost[] | undefined> {
  const { table } = deps;
  const committed = table.committedOf(segment.run);
  const losses: Lost[] = [];
  let own: Lost | undefined;
  try {
    for await (const { header, payload } of passSegment(deps, segment)) {
      const { kind, seq, count: readings, fromUs, untilUs, hasLost } = header;
      if (kind !== 'block' || committed.has(seq) || isHeld(deps, segment, seq)) continue;
      if (hasLost) losses.push(...Block.decode(payload).lost);
      own = {
        fromUs: Math.min(own?.fromUs ?? fromUs, fromUs),
        untilUs: Math.max(own?.untilUs ?? untilUs, untilUs),
        readings: (own?.readings ?? 0) + readings,
        blocks: (own?.blocks ?? 0) + 1,
        reason,
      };
    }
  } catch (error) {
    deps.log.warn({ segment: segment.name, code: codeOf(error) }, 'a segment that is given up could not be read');
    return undefined;
  }
  return own ? [own, ...losses] : losses;
}

/** Without reading it. */
function estimate(
  { table }: LogDeps,
  { run, seqs, readings, fromUs, untilUs }: Segment,
  reason: string,
  elsewhere: readonly number[],
): Lost {
  const rest = createRangeSet(seqs.ranges());
  for (const { first, last } of table.committedOf(run).ranges()) rest.remove(first, last);
  for (const seq of elsewhere) rest.remove(seq, seq);
  return { fromUs, untilUs, readings: Math.round((readings * rest.size) / Math.max(1, seqs.size)), blocks: rest.size, reason };
}

/** In another segment too. */
function isHeld({ table }: LogDeps, segment: Segment, seq: number): boolean {
  return table.segments().some((other) => other !== segment && other.run === segment.run && other.seqs.has(seq));
}

/** Segments whose file is gone: what of them is nowhere else is lost. */
export function loseSegments(deps: LogDeps, segments: readonly Segment[]): void {
  for (const segment of segments) {
    const lost = estimate(deps, segment, 'DiskFailed', segment.run === deps.dictionary.run ? deps.tail.seqs() : []);
    deps.table.remove(segment);
    if (lost.blocks > 0) deps.lose(lost);
  }
}
