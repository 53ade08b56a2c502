import { type Static, Type } from 'typebox';
import { EXPORT_FORMATS, EXPORT_STATES } from '../vocabulary.ts';
import { Closed, ListOf, TagPath, Time } from './common.ts';

const Origin = Type.Enum(['Real', 'Simulated']);
const Format = Type.Enum(EXPORT_FORMATS);

/** Most tags of one export. */
const MAX_TAGS = 100;

/** A file of readings that is written in the background, and how far it is. */
export const Export = Closed({
  id: Type.String(),
  state: Type.Enum(EXPORT_STATES),
  format: Format,
  tags: Type.Array(Type.String({ description: 'namespace/device/tag' })),
  from: Time,
  to: Time,
  origin: Type.Optional(Origin),
  created: Time,
  started: Type.Optional(Time),
  ended: Type.Optional(Time),
  expires: Type.Optional(Type.String({ description: 'when the file is deleted' })),
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'share of the time asked for that is written' }),
  readings: Type.Integer({ description: 'written so far' }),
  sizeBytes: Type.Integer({ description: 'of the file, so far' }),
  fileName: Type.String(),
  failure: Type.Optional(Type.String({ description: 'why it failed, and what to do' })),
});
/** Readings of tags from `from` to before `to`, as stored. */
export const CreateExportInput = Closed({
  tags: Type.Array(TagPath, { minItems: 1, maxItems: MAX_TAGS }),
  from: Time,
  to: Time,
  format: Type.Optional(Type.Enum(EXPORT_FORMATS, { default: 'csv' })),
  origin: Type.Optional(Origin),
});
export const ListExportsInput = Closed({
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 25, description: 'rows of the page' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 0, description: 'rows to leave out' })),
});
export const ExportList = ListOf(Export);
export const ExportKey = Closed({ id: Type.String({ format: 'uuid', description: 'id of an export' }) });
/** `range`: `bytes=1000-` to go on where a download broke off. */
export const ExportFileInput = Closed({
  id: Type.String({ format: 'uuid', description: 'id of an export' }),
  range: Type.Optional(Type.String({ maxLength: 100, description: 'bytes=FROM-TO, one range' })),
  ifRange: Type.Optional(Type.String({ maxLength: 100, description: 'ETag of the part that is there already' })),
});

export type Export = Static<typeof Export>;
export type CreateExportInput = Static<typeof CreateExportInput>;
export type ListExportsInput = Static<typeof ListExportsInput>;
export type ExportKey = Static<typeof ExportKey>;
