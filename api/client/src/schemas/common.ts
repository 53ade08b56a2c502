import { TAG_NAME_PATTERN } from '@kubeplant/words';
import { type Static, type TProperties, type TSchema, Type } from 'typebox';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

/** Time: RFC 3339 UTC, up to microseconds, e.g. `2026-11-21T09:00:00.123456Z`. */
export const Time = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?Z$',
  description: 'RFC 3339 in UTC with up to microseconds, e.g. 2026-11-21T09:00:00.123456Z',
});
/** RFC 1123 label: name of a namespace, site, device, rule. */
export const Label = Type.String({ pattern: `^${label}$`, maxLength: 63, description: 'a DNS label such as pump-1' });
/** Name of a tag. */
export const TagName = Type.String({ pattern: `^${TAG_NAME_PATTERN}$`, description: 'a tag name such as FIC-101.PV' });
/** `namespace/device/tag`. */
export const TagPath = Type.String({ pattern: `^${label}/${label}/${TAG_NAME_PATTERN}$`, description: 'namespace/device/tag' });
/** Area of a site, levels parted by `/`. */
export const AreaPath = Type.String({ maxLength: 253, description: 'path of an area such as intake/pumps; its sub-areas are included' });
/** Answer without content. */
export const Nothing = Type.Object({}, { additionalProperties: false });

/** An object that takes the named properties and no others. */
export const Closed = <P extends TProperties>(properties: P, options: { readonly description?: string } = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** Page of rows and how many there are in all. */
export const ListOf = <T extends TSchema>(item: T) => Closed({ items: Type.Array(item), total: Type.Integer({ minimum: 0 }) });

/** Page of a time series; `nextCursor` is absent on the last page. */
export const PageOf = <T extends TSchema>(item: T) => Closed({ items: Type.Array(item), nextCursor: Type.Optional(Type.String()) });

/** `limit`, `offset`, `order`, `q`. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 25, description: 'rows of the page' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0, description: 'rows to leave out' })),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'direction of sort' })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'every word must occur in a name, description or designation' })),
};

/** `limit` and `cursor` of a time series. */
export const cursorPaging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'rows of the page' })),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: 'nextCursor of the page before' })),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
};

/** RFC 9457 problem. `code` is stable; `errors` names fields of a 400. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Closed({ field: Type.String(), message: Type.String() }))),
  /** With `managed-elsewhere`: what to commit. */
  yaml: Type.Optional(Type.String()),
  /** With `changed`: the alarms as they are now. */
  present: Type.Optional(Type.Unknown()),
});
/** RFC 9457 problem. */
export type Problem = Static<typeof Problem>;
