import { QueryAnswer, QueryInput } from '@kubeplant/api-client/schemas';
import type { QueryAnswer as Answer, QueryInput as Input } from '@kubeplant/api-client';
import { parseTagPath } from '@kubeplant/words';
import type { ScopedClient } from '../../ports.ts';
import type { Grid } from '../../store/rollups/grid.ts';
import type { ReadBudget } from '../../store/rollups/sum-query.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { formatTime } from '../time.ts';
import { fillValues } from './fill-values.ts';
import { findTag, originOf, unitOf } from './find-tag.ts';
import { showMeaning } from './history-spans.ts';
import { shiftEarlier, type Shifted } from './period-offset.ts';
import { type PlannedGrid, toGrid } from './plan-grid.ts';
import { type Range, toRange } from './range.ts';
import type { SeriesKey } from './series-key.ts';
import { FIGURES } from './show-bucket.ts';
import { createBudget, withinBudget } from './within-budget.ts';

/** Most buckets of a query, and most values of all its series. */
const MAX_BUCKETS = 10_000;
const MAX_VALUES = 100_000;

export const queryHistory = defineAction({
  name: 'history.query',
  summary: 'Align several tags, or several periods of one, on one grid of time',
  permission: 'read',
  input: QueryInput,
  output: QueryAnswer,
  run: async (ctx, input) => {
    const range = toRange(input, ctx.now());
    const budget = createBudget();
    return ctx.inScope(async (client) => {
      const series: Answer['series'] = [];
      let times: readonly number[] | undefined;
      for (const [index, asked] of input.series.entries()) {
        const key = toKey(asked, index);
        const tag = await findTag(ctx, client, key);
        const day = tag === undefined ? { timezone: 'UTC', dayStart: '00:00' } : await ctx.readings.siteDay(client, tag);
        const planned = toGrid(input.interval, day);
        times ??= bucketsOf(planned.grid, range, input.series.length);
        const shifted = shiftEarlier({ range, planned, day }, asked.offset);
        const head = {
          tag: asked.tag,
          aggregate: asked.aggregate ?? 'avg',
          ...(asked.offset === undefined ? {} : { offset: asked.offset }),
        };
        const origin = tag?.origin ?? originOf(ctx, key);
        const unit = unitOf(ctx, key);
        if (tag === undefined) {
          series.push({ ...head, origin, ...(unit === undefined ? {} : { unit }), source: 'raw', values: times.map(() => null) });
          continue;
        }
        series.push({ ...head, origin, ...(await readSeries(ctx, client, { asked, tag, shifted, budget, length: times.length })) });
      }
      return { interval: input.interval, times: (times ?? []).map(formatTime), series };
    });
  },
});

type Asked = Input['series'][number];

function toKey(asked: Asked, index: number): SeriesKey {
  const key = parseTagPath(asked.tag);
  if (key === undefined)
    throw invalidInput([{ field: `series.${index}.tag`, message: `is ${asked.tag}, which is not namespace/device/tag` }]);
  return asked.origin === undefined ? key : { ...key, origin: asked.origin };
}

/** When the buckets of a range begin; 400 where they are too many. */
function bucketsOf(grid: Grid, { fromUs, toUs }: Range, series: number): number[] {
  const most = Math.min(MAX_BUCKETS, Math.floor(MAX_VALUES / series));
  const starts: number[] = [];
  for (let at = fromUs; at < toUs; ) {
    const bucket = grid.at(at);
    starts.push(bucket.fromUs);
    at = bucket.toUs;
    if (starts.length > most) {
      const message = `makes more than ${most} buckets of this range, which is the most for ${series} series; take a longer one, or a shorter range`;
      throw invalidInput([{ field: 'interval', message }]);
    }
  }
  return starts;
}

interface SeriesDeps {
  readonly asked: Asked;
  readonly tag: NonNullable<Awaited<ReturnType<typeof findTag>>>;
  readonly shifted: Shifted & { readonly planned: PlannedGrid };
  readonly budget: ReadBudget;
  readonly length: number;
}

async function readSeries(ctx: ActionContext, client: ScopedClient, { asked, tag, shifted, budget, length }: SeriesDeps) {
  const { range, planned } = shifted;
  const found = await withinBudget(planned, () =>
    ctx.readings.sums(client, tag, {
      ...{ range, grid: planned.grid, level: planned.level, limit: length, budget },
      ...(asked.interpolation === undefined ? {} : { interpolation: asked.interpolation }),
    }),
  );
  const byStart = new Map(found.buckets.map((bucket) => [bucket.fromUs, bucket]));
  const { aggregate = 'avg', fill = 'None' } = asked;
  const values: (number | null)[] = [];
  for (let at = range.fromUs; values.length < length; ) {
    const { fromUs, toUs } = planned.grid.at(at);
    const bucket = byStart.get(fromUs);
    if (aggregate === 'count') values.push(bucket?.n ?? 0);
    else if (aggregate === 'bad') values.push(bucket?.bad ?? 0);
    else if (aggregate === 'goodMs') values.push(bucket?.goodMs ?? 0);
    else values.push(bucket === undefined || tag.text ? null : FIGURES[aggregate](bucket));
    at = toUs;
  }
  const { unit, revisions } = showMeaning(found.meanings, range);
  return {
    ...{ source: found.source, values: fillValues(values, fill) },
    ...(unit === undefined ? {} : { unit }),
    ...(revisions === undefined ? {} : { revisions }),
  };
}
