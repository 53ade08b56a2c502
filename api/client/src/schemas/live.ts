import { type Static, Type } from 'typebox';
import { Alarm, JournalEntry } from './alarm.ts';
import { Closed, TagPath } from './common.ts';

const tags = Type.Array(TagPath, { maxItems: 5000 });

/** Messages of the browser. The first is `hello`, within 5 s. */
export const ClientMessage = Type.Union([
  Closed({ type: Type.Literal('hello'), token: Type.String({ maxLength: 16_384 }) }),
  Closed({ type: Type.Literal('token'), token: Type.String({ maxLength: 16_384 }) }),
  Closed({ type: Type.Literal('subscribe'), tags: Type.Optional(tags), alarms: Type.Optional(Type.Boolean()) }),
  Closed({ type: Type.Literal('unsubscribe'), tags: Type.Optional(tags), alarms: Type.Optional(Type.Boolean()) }),
]);

/** `[id, timeMs, value, status]`, and the flags as a fifth number where there are any. */
export type LiveTuple = [id: number, timeMs: number, value: number | string | null, status: number, flags?: number];
/** `[id, timeMs, value, status]`, and the flags as a fifth number where there are any. */
export const LiveTuple = Type.Unsafe<LiveTuple>({
  type: 'array',
  minItems: 4,
  maxItems: 5,
  items: { type: ['number', 'string', 'null'] },
});

/** Messages of the server; `beat` after 5 s without another. `snapshot` replaces what was known: of its tags, and of the alarms where it carries them. */
export const ServerMessage = Type.Union([
  Closed({ type: Type.Literal('welcome'), username: Type.String(), expiresIn: Type.Optional(Type.Integer()) }),
  Closed({
    type: Type.Literal('subscribed'),
    ids: Type.Record(Type.String(), Type.Integer()),
    denied: Type.Array(Type.String()),
    alarms: Type.Boolean(),
  }),
  Closed({ type: Type.Literal('unsubscribed'), tags: Type.Array(Type.String()), alarms: Type.Boolean() }),
  Closed({ type: Type.Literal('values'), values: Type.Array(LiveTuple) }),
  Closed({ type: Type.Literal('snapshot'), values: Type.Array(LiveTuple), alarms: Type.Optional(Type.Array(Alarm)) }),
  Closed({ type: Type.Literal('alarm'), alarms: Type.Array(Alarm), journal: Type.Array(JournalEntry) }),
  Closed({ type: Type.Literal('tokenExpiring'), expiresIn: Type.Integer() }),
  Closed({ type: Type.Literal('beat') }),
  Closed({ type: Type.Literal('error'), code: Type.String(), message: Type.String() }),
]);

export type ClientMessage = Static<typeof ClientMessage>;
export type ServerMessage = Static<typeof ServerMessage>;
