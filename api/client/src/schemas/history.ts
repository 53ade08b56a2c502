import { DURATION_PATTERN } from '@kubeplant/words';
import { type Static, Type } from 'typebox';
import { AGGREGATES } from '../vocabulary.ts';
import { Closed, cursorPaging, Label, PageOf, TagName, TagPath, Time } from './common.ts';

const Origin = Type.Enum(['Real', 'Simulated']);
const nullableNumber = Type.Union([Type.Number(), Type.Null()]);

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
});
/** A page of history. */
export const Readings = Closed({
  tag: Type.String({ description: 'namespace/device/tag' }),
  unit: Type.Optional(Type.String()),
  origin: Origin,
  source: Type.Enum(['raw', '1m', '15m', '1d'], { description: 'what the answer was made from' }),
  interval: Type.Optional(Type.String({ description: 'of the buckets' })),
  from: Time,
  to: Time,
  readings: Type.Array(Reading),
  observed: Type.Optional(
    Type.Array(Closed({ from: Time, until: Time }), { description: 'spans in which the last value is confirmed; outside them is a gap' }),
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
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'of raw readings; buckets are ascending' })),
  interval: Type.Optional(
    Type.String({ pattern: `^${DURATION_PATTERN}$`, description: 'size of the buckets, e.g. 15m; absent: readings as stored' }),
  ),
  aggregate: Type.Optional(
    Type.Array(Type.Enum(AGGREGATES), { maxItems: 6, description: 'figures of a bucket, parted by commas; by default avg,min,max,count' }),
  ),
  origin: Type.Optional(Origin),
  observed: Type.Optional(Type.Boolean({ default: false, description: 'add the observed spans' })),
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
export type ExportReadingsInput = Static<typeof ExportReadingsInput>;
export type CreateDownloadInput = Static<typeof CreateDownloadInput>;
export type Download = Static<typeof Download>;
export type Event = Static<typeof Event>;
export type ListEventsInput = Static<typeof ListEventsInput>;
export type EventPage = Static<typeof EventPage>;
