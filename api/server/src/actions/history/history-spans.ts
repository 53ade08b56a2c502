import type { Readings } from '@kubeplant/api-client';
import type { StoredReading } from '../../ports.ts';
import type { Bucket } from '../../store/rollups/bucket.ts';
import { gapsOf, toObservedTime } from '../../store/rollups/observed-time.ts';
import type { Meaning, Span } from '../../store/rollups/summary.ts';
import { breaksOf } from '../../store/rollups/tag-meaning.ts';
import { formatTime } from '../time.ts';
import type { Range } from './range.ts';

type Spans = Pick<Readings, 'observed' | 'gaps' | 'bad'>;

/** Observed spans, gaps (not of what is still to come) and spans of bad quality, as answers show them. */
export function showSpans(range: Range, nowUs: number, observed: readonly Span[], bad: readonly Span[]): Spans {
  const joined = toObservedTime(observed);
  const known = { fromUs: range.fromUs, toUs: Math.min(range.toUs, nowUs) };
  return { observed: joined.map(show), gaps: gapsOf(joined, known).map(show), bad: bad.map(show) };
}

const show = ({ fromUs, toUs }: Span): { from: string; until: string } => ({ from: formatTime(fromUs), until: formatTime(toUs) });

/** From a reading that is not good to the next good one, or as far as it is confirmed. */
export function badOfReadings(readings: readonly StoredReading[], observed: readonly Span[], untilUs: number): Span[] {
  const ascending = readings.toSorted((a, b) => a.timeUs - b.timeUs);
  return join(
    ascending.flatMap(({ timeUs, status }, index) => {
      if (status < 0x4000) return [];
      const confirmedUs = observed.find((span) => span.fromUs <= timeUs && span.toUs > timeUs)?.toUs ?? timeUs;
      return [{ fromUs: timeUs, toUs: ascending[index + 1]?.timeUs ?? Math.max(timeUs, Math.min(confirmedUs, untilUs)) }];
    }),
  );
}

/** Buckets with readings that are not good. */
export const badOfBuckets = (buckets: readonly Bucket[]): Span[] => join(buckets.filter(({ bad }) => bad > 0));

function join(spans: readonly Span[]): Span[] {
  const joined: { fromUs: number; toUs: number }[] = [];
  for (const { fromUs, toUs } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && last.toUs >= fromUs) last.toUs = toUs;
    else joined.push({ fromUs, toUs });
  }
  return joined;
}

/** The meaning at the end of a range, and, where it changed inside, all that it had. */
export function showMeaning(
  meanings: readonly Meaning[],
  { fromUs, toUs }: Range,
): Pick<Readings, 'unit' | 'revisions'> & { interpolation?: 'Linear' | 'Step' } {
  const inForce = meanings.filter(({ sinceUs }, index) => index === 0 || sinceUs < toUs);
  const last = inForce.at(-1);
  if (last === undefined) return {};
  const changes = breaksOf(meanings).some((at) => at > fromUs && at < toUs);
  const inside = inForce.filter((_, index) => (inForce[index + 1]?.sinceUs ?? toUs) > fromUs);
  return {
    interpolation: last.interpolation,
    ...(last.unit === null ? {} : { unit: last.unit }),
    ...(changes ? { revisions: inside.map(toRevision) } : {}),
  };
}

function toRevision({ sinceUs, kind, dataType, unit, labels }: Meaning): NonNullable<Readings['revisions']>[number] {
  return {
    ...{ since: formatTime(sinceUs), kind, dataType },
    ...(unit === null ? {} : { unit }),
    ...(labels === null ? {} : { states: { ...labels } }),
  };
}
