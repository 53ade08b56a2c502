import { DURATION_PATTERN, INTERVAL_PATTERN } from '@kubeplant/words';
import { type Static, Type } from 'typebox';
import { AGGREGATES } from '../vocabulary.ts';
import { Closed, cursorPaging, Label, PageOf, TagName, TagPath, Time } from './common.ts';

const Origin = Type.Enum(['Real', 'Simulated']);
const nullableNumber = Type.Union([Type.Number(), Type.Null()]);

/** Most buckets or readings of one answer. */
export const MAX_READINGS = 20_000;

/** `15m`, or days of the site: `1d`. */
const Interval = Type.String({
  pattern: `^${INTERVAL_PATTERN}$`,
  description: 'a duration such as 15m, aligned to 1970, or days of the site such as 1d',
});
const Interpolation = Type.Enum(['Linear', 'Step'], { description: 'how the value goes from one reading to the next' });
const TimeSpan = Closed({ from: Time, until: Time });

/**
 * One stored reading (`value`, `status`) or one bucket (the figures asked for, `count` good and `bad` other readings).
 * `received` is there where it differs from `time` by 1 ms or more.
 */
export const Reading = Closed({
  time: Time,
  value: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()])),
  status: Type.Optional(Type.Integer()),
  flags: Type.Optional(Type.Array(Type.String())),
  received: Type.Optional(Time),
  avg: Type.Optional(nullableNumber),
  min: Type.Optional(nullableNumber),
  max: Type.Optional(nullableNumber),
  first: Type.Optional(nullableNumber),
  last: Type.Optional(nullableNumber),
  count: Type.Optional(Type.Integer()),
  bad: Type.Optional(Type.Integer()),
  increase: Type.Optional(nullableNumber),
  integral: Type.Optional(nullableNumber),
  goodMs: Type.Optional(Type.Number()),
  durations: Type.Optional(Type.Record(Type.String(), Type.Number(), { description: 'milliseconds by value' })),
});
/** What the values of a tag meant from a time on. */
export const TagRevision = Closed({
  since: Time,
  kind: Type.String(),
  dataType: Type.String(),
  unit: Type.Optional(Type.String()),
  states: Type.Optional(Type.Record(Type.String(), Type.String())),
});
/** A page of history. */
export const Readings = Closed({
  tag: Type.String({ description: 'namespace/device/tag' }),
  unit: Type.Optional(Type.String({ description: 'at the end of the range' })),
  origin: Origin,
  source: Type.Enum(['raw', '1m', '15m', '1d'], { description: 'what the answer was made from: readings, or sums of that size' }),
  interpolation: Interpolation,
  interval: Type.Optional(Type.String({ description: 'of the buckets' })),
  from: Time,
  to: Time,
  readings: Type.Array(Reading),
  observed: Type.Optional(Type.Array(TimeSpan, { description: 'spans in which the last value is confirmed' })),
  gaps: Type.Optional(Type.Array(TimeSpan, { description: 'spans in which nothing is known' })),
  bad: Type.Optional(Type.Array(TimeSpan, { description: 'spans of readings that are not good; of buckets, those with any' })),
  revisions: Type.Optional(
    Type.Array(TagRevision, { description: 'where the meaning of the values changed in the range: all that it had there' }),
  ),
  nextCursor: Type.Optional(Type.String()),
});
/** `from` is included, `to` is not; by default the last hour. */
export const ReadingsInput = Closed({
  namespace: Label,
  device: Label,
  tag: TagName,
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_READINGS, default: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'of raw readings; buckets are ascending' })),
  interval: Type.Optional(Interval),
  points: Type.Optional(
    Type.Integer({
      minimum: 10,
      maximum: 5000,
      description: 'about how many can be drawn: readings as stored where there are no more, else buckets of a fitting size',
    }),
  ),
  aggregate: Type.Optional(
    Type.Array(Type.Enum(AGGREGATES), {
      maxItems: AGGREGATES.length,
      description: 'figures of a bucket, parted by commas; by default avg,min,max,count, and with points first,last too',
    }),
  ),
  interpolation: Type.Optional(Interpolation),
  origin: Type.Optional(Origin),
  observed: Type.Optional(Type.Boolean({ default: false, description: 'add the observed spans, the gaps and the spans of bad quality' })),
});

/** Figures that a query aligns. */
export const QUERY_AGGREGATES = ['avg', 'min', 'max', 'first', 'last', 'count', 'bad', 'value', 'increase', 'integral', 'goodMs'] as const;

/** Several series on one grid. */
export const QueryInput = Closed({
  from: Time,
  to: Time,
  interval: Interval,
  series: Type.Array(
    Closed({
      tag: TagPath,
      origin: Type.Optional(Origin),
      aggregate: Type.Optional(Type.Enum(QUERY_AGGREGATES, { default: 'avg' })),
      fill: Type.Optional(
        Type.Enum(['None', 'Previous', 'Linear', 'Zero'], { default: 'None', description: 'what stands where nothing is known: null, …' }),
      ),
      interpolation: Type.Optional(Interpolation),
      offset: Type.Optional(
        Type.String({
          pattern: `^(${DURATION_PATTERN}|[1-9][0-9]{0,3}d)$`,
          description: 'how much earlier this series is, for comparison: 24h, or days of the site such as 7d',
        }),
      ),
    }),
    { minItems: 1, maxItems: 20 },
  ),
});
/** `values[n]` of each series belongs to `times[n]`. */
export const QueryAnswer = Closed({
  interval: Type.String(),
  times: Type.Array(Time, { description: 'when each bucket begins' }),
  series: Type.Array(
    Closed({
      tag: Type.String(),
      origin: Origin,
      aggregate: Type.Enum(QUERY_AGGREGATES),
      unit: Type.Optional(Type.String()),
      offset: Type.Optional(Type.String()),
      source: Type.Enum(['raw', '1m', '15m', '1d']),
      values: Type.Array(nullableNumber),
      revisions: Type.Optional(Type.Array(TagRevision)),
    }),
  ),
});
export const ExportReadingsInput = Closed({
  namespace: Label,
  device: Label,
  tag: TagName,
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  origin: Type.Optional(Origin),
});
/** What a browser is to save as CSV: readings of up to 8 tags. */
export const CreateDownloadInput = Closed({
  tags: Type.Array(TagPath, { minItems: 1, maxItems: 8 }),
  from: Time,
  to: Time,
  origin: Type.Optional(Origin),
});
export const Download = Closed({ url: Type.String({ description: 'works once' }), expiresIn: Type.Integer({ description: 'seconds' }) });
export const DownloadKey = Closed({ key: Type.String({ maxLength: 64 }) });

/** A row of the sequence of events. */
export const Event = Closed({
  id: Type.String(),
  time: Time,
  namespace: Type.String(),
  site: Type.String(),
  device: Type.Optional(Type.String()),
  kind: Type.String(),
  message: Type.String(),
  user: Type.Optional(Type.String()),
});
export const ListEventsInput = Closed({
  ...cursorPaging,
  namespace: Type.Optional(Label),
  site: Type.Optional(Label),
  device: Type.Optional(Label),
  kind: Type.Optional(Type.String({ maxLength: 63 })),
});
export const EventPage = PageOf(Event);

export type Reading = Static<typeof Reading>;
export type Readings = Static<typeof Readings>;
export type ReadingsInput = Static<typeof ReadingsInput>;
export type TagRevision = Static<typeof TagRevision>;
export type QueryInput = Static<typeof QueryInput>;
export type QueryAnswer = Static<typeof QueryAnswer>;
export type ExportReadingsInput = Static<typeof ExportReadingsInput>;
export type CreateDownloadInput = Static<typeof CreateDownloadInput>;
export type Download = Static<typeof Download>;
export type Event = Static<typeof Event>;
export type ListEventsInput = Static<typeof ListEventsInput>;
export type EventPage = Static<typeof EventPage>;
