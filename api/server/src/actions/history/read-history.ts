import type { ReadingsInput as Input, Reading } from '@kubeplant/api-client';
import { Readings, ReadingsInput } from '@kubeplant/api-client/schemas';
import { flagNames } from '@kubeplant/words';
import type { ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { InvalidCursor } from '../../store/readings/raw-readings.ts';
import { QUARTER_US } from '../../store/rollups/levels.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { toFinite } from '../plant/latest-values.ts';
import { formatTime } from '../time.ts';
import { findTag, originOf, unitOf } from './find-tag.ts';
import { badOfReadings, showMeaning, showSpans } from './history-spans.ts';
import { fittingInterval } from './plan-grid.ts';
import { type Range, toRange } from './range.ts';
import { type HistoryPage, readBuckets } from './read-buckets.ts';

export const readHistory = defineAction({
  name: 'readings.page',
  summary: 'Read the history of a tag: readings as stored, or buckets of them',
  permission: 'read',
  input: ReadingsInput,
  output: Readings,
  run: async (ctx, input) => {
    const range = toRange(input, ctx.now());
    assertTogether(input);
    const unit = unitOf(ctx, input);
    return ctx.inScope(async (client) => {
      const tag = await findTag(ctx, client, input);
      const head = {
        tag: `${input.namespace}/${input.device}/${input.tag}`,
        ...(unit === undefined ? {} : { unit }),
        ...{ origin: tag?.origin ?? originOf(ctx, input), source: 'raw' as const, interpolation: 'Step' as const },
        ...(input.interval === undefined ? {} : { interval: input.interval }),
        ...{ from: formatTime(range.fromUs), to: formatTime(range.toUs) },
      };
      if (tag === undefined) return { ...head, readings: [] };
      return { ...head, ...(await readPage(ctx, client, tag, range, input)) };
    });
  },
});

function assertTogether({ interval, points, aggregate, cursor }: Input): void {
  const refuse = (field: string, message: string): never => {
    throw invalidInput([{ field, message }]);
  };
  if (points !== undefined && interval !== undefined) refuse('points', 'is given with interval; give one of them');
  if (points !== undefined && cursor !== undefined) refuse('cursor', 'is given with points, whose answer is whole');
  if (aggregate !== undefined && interval === undefined && points === undefined)
    refuse('interval', 'is missing: aggregate needs the size of the buckets, e.g. 15m');
}

function readPage(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Range, input: Input): Promise<HistoryPage> {
  if (input.points !== undefined) return readPoints(ctx, client, tag, { range, input, points: input.points });
  if (input.interval !== undefined) return readBuckets(ctx, client, tag, { range, input, interval: input.interval });
  return readRaw(ctx, client, tag, range, input);
}

const DRAWN = ['first', 'min', 'max', 'last', 'avg', 'count'] as const;
/** Beyond this nobody asks whether the readings are few. */
const RAW_AT_MOST_US = 31 * 86_400_000_000;

/** Readings as stored while they can all be drawn; else buckets, whose least and greatest values keep every spike in sight. */
async function readPoints(
  ctx: ActionContext,
  client: ScopedClient,
  tag: StoredTag,
  { range, input, points }: { readonly range: Range; readonly input: Input; readonly points: number },
): Promise<HistoryPage> {
  const counted = await ctx.readings.counted(client, tag, range);
  if (counted <= points && range.toUs - range.fromUs <= RAW_AT_MOST_US) {
    const page = await readRaw(ctx, client, tag, range, { ...input, limit: points });
    if (page.nextCursor === undefined && page.readings.length >= counted) return page;
  }
  const buckets = { ...input, limit: points + 2, aggregate: input.aggregate ?? [...DRAWN] };
  const interval = fittingInterval(range, points);
  const page = await readBuckets(ctx, client, tag, { range, input: buckets, interval });
  const found = page.readings.reduce((total, { count = 0, bad = 0 }) => total + count + bad, 0);
  const isPastKeeping = buckets.aggregate.includes('count') && found < counted / 2;
  if (!isPastKeeping) return page;
  return readBuckets(ctx, client, tag, { range, input: buckets, interval: fittingInterval(range, points, QUARTER_US) });
}

async function readRaw(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Range, input: Input): Promise<HistoryPage> {
  const { limit = 1000, order = 'asc', cursor } = input;
  const page = await rawPage(ctx, client, tag, { ...range, limit, order, ...(cursor === undefined ? {} : { cursor }) });
  const spans = input.observed === true ? await ctx.readings.observed(client, tag, range) : undefined;
  const observed = spans?.map(({ fromUs, untilUs }) => ({ fromUs, toUs: untilUs }));
  const nowUs = ctx.now() * 1000;
  return {
    readings: page.readings.map(toReading),
    ...showMeaning(await ctx.readings.meanings(client, tag), range),
    ...(observed === undefined
      ? {}
      : showSpans(range, nowUs, observed, badOfReadings(page.readings, observed, Math.min(range.toUs, nowUs)))),
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
  };
}

async function rawPage(ctx: ActionContext, client: ScopedClient, tag: StoredTag, range: Parameters<typeof ctx.readings.raw>[2]) {
  try {
    return await ctx.readings.raw(client, tag, range);
  } catch (error) {
    if (error instanceof InvalidCursor)
      throw invalidInput([{ field: 'cursor', message: 'is not a cursor; use nextCursor of the page before' }]);
    throw error;
  }
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
