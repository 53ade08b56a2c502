import type { Readings, ScopedClient, StoredTag } from '../../ports.ts';
import type { Bucket } from './bucket.ts';
import { createFold, type Fold } from './fold.ts';
import { fixedGrid } from './grid.ts';
import { DENSE_HOUR, HOUR_US, MINUTE_US, MINUTES, QUARTER_US, QUARTERS } from './levels.ts';
import { toObservedTime } from './observed-time.ts';
import { replaceSummaries, type TagBuckets } from './rollup-rows.ts';
import type { Meaning, Span } from './summary.ts';
import { breaksOf, readMeanings } from './tag-meaning.ts';
import { readTagSpans } from './tag-spans.ts';
import { toPoint } from './to-point.ts';

/** Reckon the minutes and quarters of an hour of some tags anew from their readings. */
export async function rollHour(
  deps: { readonly client: ScopedClient; readonly readings: Pick<Readings, 'stream'> },
  tags: readonly StoredTag[],
  fromUs: number,
): Promise<void> {
  const { client } = deps;
  const span: Span = { fromUs, toUs: fromUs + HOUR_US };
  const ids = tags.map(({ tagId }) => tagId);
  const meanings = await readMeanings(client, ids);
  const spans = await readTagSpans(client, ids, span);
  const minutes: TagBuckets[] = [];
  const quarters: TagBuckets[] = [];
  for (const tag of tags) {
    const known = { meanings: meanings.get(tag.tagId) ?? [], spans: spans.get(tag.tagId) ?? [] };
    const sums = await sumHour(deps, tag, span, known);
    minutes.push({ tagId: tag.tagId, buckets: sums.readings < DENSE_HOUR ? [] : sums.minutes });
    quarters.push({ tagId: tag.tagId, buckets: sums.quarters });
  }
  await replaceSummaries(client, MINUTES, span, minutes);
  await replaceSummaries(client, QUARTERS, span, quarters);
}

async function sumHour(
  { client, readings }: Parameters<typeof rollHour>[0],
  tag: StoredTag,
  span: Span,
  { meanings, spans }: { readonly meanings: readonly Meaning[]; readonly spans: readonly Span[] },
): Promise<{ readonly readings: number; readonly minutes: Bucket[]; readonly quarters: Bucket[] }> {
  const minutes: Bucket[] = [];
  const quarters: Bucket[] = [];
  const observed = toObservedTime(spans, breaksOf(meanings));
  const fold = (lengthUs: number, into: Bucket[]): Fold =>
    createFold({ grid: fixedGrid(lengthUs), observed, rules: meanings, crossing: false, range: span, emit: (bucket) => into.push(bucket) });
  const folds = [fold(MINUTE_US, minutes), fold(QUARTER_US, quarters)];
  let count = 0;
  for await (const page of readings.stream(client, tag, span)) {
    for (const reading of page) {
      const point = toPoint(reading);
      for (const one of folds) one.point(point);
    }
    count += page.length;
  }
  for (const one of folds) one.end();
  return { readings: count, minutes, quarters };
}
