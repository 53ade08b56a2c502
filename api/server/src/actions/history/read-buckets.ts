import type { Readings as Answer, ReadingsInput as Input } from '@kubeplant/api-client';
import type { ScopedClient, StoredTag } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { badOfBuckets, showMeaning, showSpans } from './history-spans.ts';
import { toGrid } from './plan-grid.ts';
import type { Range } from './range.ts';
import { showBucket } from './show-bucket.ts';
import { createBudget, withinBudget } from './within-budget.ts';

/** What an answer says beside whose history it is. */
export type HistoryPage = Partial<Omit<Answer, 'readings'>> & Pick<Answer, 'readings'>;

const BUCKET = ['avg', 'min', 'max', 'count'] as const;

/** History in buckets. */
export async function readBuckets(
  ctx: ActionContext,
  client: ScopedClient,
  tag: StoredTag,
  { range, input, interval }: { readonly range: Range; readonly input: Input; readonly interval: string },
): Promise<HistoryPage> {
  const { limit = 1000, cursor, aggregate = BUCKET, interpolation } = input;
  if (input.order === 'desc') throw invalidInput([{ field: 'order', message: 'is desc; buckets come in ascending order only' }]);
  const planned = toGrid(interval, await ctx.readings.siteDay(client, tag));
  const { grid, level } = planned;
  const fromUs = cursor === undefined ? range.fromUs : parseCursor(cursor).timeUs;
  const found = await withinBudget(planned, () =>
    ctx.readings.sums(client, tag, {
      ...{ range: { fromUs, toUs: range.toUs }, grid, level, limit, budget: createBudget() },
      ...(interpolation === undefined ? {} : { interpolation }),
    }),
  );
  const wanted = new Set<string>(aggregate);
  return {
    ...{ source: found.source, interval, readings: found.buckets.map((bucket) => showBucket(bucket, wanted, tag.text)) },
    ...showMeaning(found.meanings, range),
    ...(input.observed === true ? showSpans(range, ctx.now() * 1000, clip(found.observed, range), badOfBuckets(found.buckets)) : {}),
    ...(found.nextUs === undefined ? {} : { nextCursor: formatCursor({ timeUs: found.nextUs, seq: '0' }) }),
  };
}

const clip = (spans: readonly Range[], { fromUs, toUs }: Range): Range[] =>
  spans
    .map((span) => ({ fromUs: Math.max(span.fromUs, fromUs), toUs: Math.min(span.toUs, toUs) }))
    .filter((span) => span.toUs > span.fromUs);
