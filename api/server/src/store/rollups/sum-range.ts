import type { Readings, ScopedClient, StoredTag } from '../../ports.ts';
import type { Bucket } from './bucket.ts';
import { createFold, type Fold } from './fold.ts';
import { DAYS, MINUTES, QUARTERS } from './levels.ts';
import { createSpanFinder, LEAD_US, toObservedTime } from './observed-time.ts';
import { planSources, type SourcePart } from './plan-sources.ts';
import { readSummaries } from './rollup-rows.ts';
import type { Meaning, Point, Span } from './summary.ts';
import { type ReadBudget, type SumAnswer, type SumQuery, TooManyReadings } from './sum-query.ts';
import { readSumsState } from './sums-state.ts';
import { breaksOf, readMeanings } from './tag-meaning.ts';
import { readTagSpans } from './tag-spans.ts';
import { toPoint } from './to-point.ts';

type Raw = Pick<Readings, 'raw' | 'stream'>;

const TABLES = { '1m': MINUTES, '15m': QUARTERS, '1d': DAYS } as const;

/** Sum a range of one tag up, from the coarsest sums that hold and from readings elsewhere: what comes out is the same. */
export async function sumRange(
  deps: { readonly client: ScopedClient; readonly readings: Raw },
  tag: StoredTag,
  query: SumQuery,
): Promise<SumAnswer> {
  const { client } = deps;
  const { range, grid, limit } = query;
  const meanings = (await readMeanings(client, [tag.tagId])).get(tag.tagId) ?? [];
  const spans = (await readTagSpans(client, [tag.tagId], range)).get(tag.tagId) ?? [];
  const observed = toObservedTime(spans, breaksOf(meanings));
  const parts = planSources(range, query.level, await readSumsState(client, tag, range, query.level));
  const buckets: Bucket[] = [];
  const full = (): boolean => buckets.length > limit;
  const emit = (bucket: Bucket): void => {
    buckets.push(bucket);
  };
  const fold = createFold({ grid, observed, rules: meanings, crossing: true, range, emit, full, startAs: query.interpolation });
  for (const point of await pointsBefore(deps, tag, { range, observed, meanings })) fold.point(point);
  for (const part of parts) if (!full()) await feed(deps, tag, part, fold, { full, budget: query.budget });
  if (!full()) for (const point of await pointAfter(deps, tag, range, observed)) fold.point(point);
  fold.end();
  const next = buckets[limit];
  return {
    buckets: buckets.slice(0, limit),
    source: coarsest(parts),
    meanings,
    observed,
    ...(next === undefined ? {} : { nextUs: next.fromUs }),
  };
}

const coarsest = (parts: readonly SourcePart[]): SumAnswer['source'] =>
  (['1d', '15m', '1m'] as const).find((level) => parts.some(({ source }) => source === level)) ?? 'raw';

/** Sum up the readings of a range alone: what came before and after does not count. */
export async function sumOwn(
  deps: { readonly client: ScopedClient; readonly readings: Raw },
  tag: StoredTag,
  { range, grid, level }: Omit<SumQuery, 'limit'>,
): Promise<readonly Bucket[]> {
  const { client } = deps;
  const rules = (await readMeanings(client, [tag.tagId])).get(tag.tagId) ?? [];
  const spans = (await readTagSpans(client, [tag.tagId], range)).get(tag.tagId) ?? [];
  const buckets: Bucket[] = [];
  const emit = (bucket: Bucket): void => {
    buckets.push(bucket);
  };
  const fold = createFold({ grid, observed: toObservedTime(spans, breaksOf(rules)), rules, crossing: false, range, emit });
  const parts = planSources(range, level, await readSumsState(client, tag, range, level));
  for (const part of parts) await feed(deps, tag, part, fold, { full: () => false });
  fold.end();
  return buckets;
}

async function feed(
  { client, readings }: { readonly client: ScopedClient; readonly readings: Raw },
  tag: StoredTag,
  part: SourcePart,
  fold: Fold,
  { full, budget }: { readonly full: () => boolean; readonly budget?: ReadBudget | undefined },
): Promise<void> {
  if (part.source === 'raw') {
    for await (const page of readings.stream(client, tag, part)) {
      if (budget !== undefined) spend(budget, page.length);
      for (const reading of page) fold.point(toPoint(reading));
      if (full()) return;
    }
    return;
  }
  for await (const page of readSummaries(client, TABLES[part.source], tag.tagId, part)) {
    for (const summary of page) fold.summary(summary);
    if (full()) return;
  }
}

function spend(budget: ReadBudget, readings: number): void {
  budget.left -= readings;
  if (budget.left < 0) throw new TooManyReadings('the range holds more readings than one answer may be made from');
}

/** How far back the count of a counter is looked for. */
const COUNTER_BACK_US = 400 * 86_400_000_000;
const BAD_IN_A_ROW = 50;

/** What holds at the beginning: the last reading before it, if its value is confirmed until there; of a counter the last good one. */
async function pointsBefore(
  { client, readings }: { readonly client: ScopedClient; readonly readings: Raw },
  tag: StoredTag,
  { range, observed, meanings }: { readonly range: Span; readonly observed: readonly Span[]; readonly meanings: readonly Meaning[] },
): Promise<Point[]> {
  const { fromUs: toUs } = range;
  const counts = meanings.some(({ counter }) => counter !== undefined);
  const span = observed.find((one) => one.fromUs <= toUs && one.toUs > toUs);
  if (span === undefined && !counts) return [];
  const fromUs = counts ? toUs - COUNTER_BACK_US : (span?.fromUs ?? toUs) - LEAD_US;
  const page = await readings.raw(client, tag, { fromUs, toUs, limit: counts ? BAD_IN_A_ROW : 1, order: 'desc' });
  const points = page.readings.map(toPoint);
  const good = points.findIndex((point) => point.good);
  return points.slice(0, good === -1 ? 1 : good + 1).reverse();
}

/** The reading after the end, towards which the value goes there, if that is confirmed. */
async function pointAfter(
  { client, readings }: { readonly client: ScopedClient; readonly readings: Raw },
  tag: StoredTag,
  { toUs: fromUs }: Span,
  observed: readonly Span[],
): Promise<Point[]> {
  const span = createSpanFinder(observed)(fromUs);
  if (span === undefined || span.fromUs > fromUs) return [];
  const page = await readings.raw(client, tag, { fromUs, toUs: span.toUs + 1, limit: 1, order: 'asc' });
  return page.readings.map(toPoint);
}
