import type { Readings as Answer, ReadingsInput as Input } from '@kubeplant/api-client';
import type { ScopedClient, StoredTag } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { badOfBuckets, showMeaning, showSpans } from './history-spans.ts';
import { type PlannedGrid, toGrid } from './plan-grid.ts';
import type { Range } from './range.ts';
import { showBucket } from './show-bucket.ts';

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
  await assertReadable(ctx, client, tag, range, planned);
  const { grid, level } = planned;
  const fromUs = cursor === undefined ? range.fromUs : parseCursor(cursor).timeUs;
  const found = await ctx.readings.sums(client, tag, {
    ...{ range: { fromUs, toUs: range.toUs }, grid, level, limit },
    ...(interpolation === undefined ? {} : { interpolation }),
  });
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

/** Most readings that one answer may be made from. */
const MAX_READ = 2_000_000;
const ALWAYS_US = 86_400_000_000;

/** Buckets that no sums fit are made from readings: not from more than one request may hold up. */
export async function assertReadable(
  ctx: ActionContext,
  client: ScopedClient,
  tag: StoredTag,
  range: Range,
  { level, interval }: PlannedGrid,
): Promise<void> {
  if (level !== 'raw' || range.toUs - range.fromUs <= ALWAYS_US) return;
  const count = await ctx.readings.counted(client, tag, range);
  if (count <= MAX_READ) return;
  const message = `is ${interval}, which takes ${count} readings of this range; the most is ${MAX_READ}: take a multiple of 1m, or a shorter range`;
  throw invalidInput([{ field: 'interval', message }]);
}
