import type { Readings as Answer, ReadingsInput as Input, Reading } from '@kubeplant/api-client';
import { Readings, ReadingsInput } from '@kubeplant/api-client/schemas';
import { parseDuration, flagNames } from '@kubeplant/words';
import type { AggregateBucket, ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { InvalidCursor } from '../../store/readings/raw-readings.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { formatTime } from '../time.ts';
import { toFinite } from '../plant/latest-values.ts';
import { findTag, originOf, unitOf } from './find-tag.ts';
import { type Range, toRange } from './range.ts';

export const readHistory = defineAction({
  name: 'readings.page',
  summary: 'Read the history of a tag: readings as stored, or buckets of them',
  permission: 'read',
  input: ReadingsInput,
  output: Readings,
  run: async (ctx, input) => {
    const range = toRange(input, ctx.now());
    if (input.aggregate !== undefined && input.interval === undefined)
      throw invalidInput([{ field: 'interval', message: 'is missing: aggregate needs the size of the buckets, e.g. 15m' }]);
    const unit = unitOf(ctx, input);
    return ctx.inScope(async (client) => {
      const tag = await findTag(ctx, client, input);
      const head = {
        tag: `${input.namespace}/${input.device}/${input.tag}`,
        ...(unit === undefined ? {} : { unit }),
        origin: tag?.origin ?? originOf(ctx, input),
        source: 'raw' as const,
        ...(input.interval === undefined ? {} : { interval: input.interval }),
        from: formatTime(range.fromUs),
        to: formatTime(range.toUs),
      };
      if (tag === undefined) return { ...head, readings: [] };
      const page =
        input.interval === undefined ? await readRaw(ctx, client, tag, range, input) : await readBuckets(ctx, client, tag, range, input);
      const observed = input.observed === true ? { observed: await readObserved(ctx, client, tag, range) } : {};
      return { ...head, ...page, ...observed };
    });
  },
});

type Page = Pick<Answer, 'readings' | 'nextCursor'>;

async function readRaw(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Range, input: Input): Promise<Page> {
  const { limit = 1000, order = 'asc', cursor } = input;
  try {
    const page = await ctx.readings.raw(client, tag, { ...range, limit, order, ...(cursor === undefined ? {} : { cursor }) });
    const readings = page.readings.map(toReading);
    return page.nextCursor === undefined ? { readings } : { readings, nextCursor: page.nextCursor };
  } catch (error) {
    if (error instanceof InvalidCursor)
      throw invalidInput([{ field: 'cursor', message: 'is not a cursor; use nextCursor of the page before' }]);
    throw error;
  }
}

async function readBuckets(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Range, input: Input): Promise<Page> {
  const { limit = 1000, interval = '1m', cursor, aggregate = ['avg', 'min', 'max', 'count'] } = input;
  if (input.order === 'desc') throw invalidInput([{ field: 'order', message: 'is desc; buckets come in ascending order only' }]);
  const intervalUs = toIntervalUs(interval);
  const fromUs = cursor === undefined ? range.fromUs : parseCursor(cursor).timeUs;
  const buckets = await ctx.readings.aggregate(client, tag, { fromUs, toUs: range.toUs, intervalUs, limit: limit + 1 });
  const readings = buckets.slice(0, limit).map((bucket) => toBucket(bucket, new Set(aggregate)));
  const next = buckets[limit];
  return next === undefined ? { readings } : { readings, nextCursor: formatCursor({ timeUs: next.timeUs, seq: '0' }) };
}

async function readObserved(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Range) {
  const spans = await ctx.readings.observed(client, tag, range);
  return spans.map(({ fromUs, untilUs }) => ({ from: formatTime(fromUs), until: formatTime(untilUs) }));
}

function toReading({ timeUs, value, status, flags, receivedUs }: StoredReading): Reading {
  const names = flagNames(flags);
  return {
    time: formatTime(timeUs),
    value: toFinite(value),
    status,
    ...(names.length > 0 ? { flags: names } : {}),
    ...(Math.abs(receivedUs - timeUs) >= 1000 ? { received: formatTime(receivedUs) } : {}),
  };
}

function toBucket(bucket: AggregateBucket, wanted: ReadonlySet<string>): Reading {
  const reading: Reading = { time: formatTime(bucket.timeUs) };
  if (wanted.has('avg')) reading.avg = bucket.avg;
  if (wanted.has('min')) reading.min = bucket.min;
  if (wanted.has('max')) reading.max = bucket.max;
  if (wanted.has('first')) reading.first = bucket.first;
  if (wanted.has('last')) reading.last = bucket.last;
  if (wanted.has('count')) Object.assign(reading, { count: bucket.count, bad: bucket.bad });
  return reading;
}

/** Longest bucket, in hours: about ten years. */
const maxIntervalHours = 87_600;

/** Size of a bucket in microseconds; 400 where it is none or beyond what times can be counted in. */
function toIntervalUs(interval: string): number {
  const ms = parseDuration(interval);
  if (ms !== undefined && ms > 0 && ms <= maxIntervalHours * 3_600_000) return ms * 1000;
  throw invalidInput([{ field: 'interval', message: `is ${interval}; it must be longer than 0 and at most ${maxIntervalHours}h` }]);
}
