/** Type of a tag's value after conversion. */
export const DATA_TYPES = [
  'Boolean',
  'Int8',
  'UInt8',
  'Int16',
  'UInt16',
  'Int32',
  'UInt32',
  'Int64',
  'UInt64',
  'Float32',
  'Float64',
  'String',
] as const;
/** Type of a tag's value after conversion. */
export type DataType = (typeof DATA_TYPES)[number];

/** What a tag means: a measured quantity, one of several states, a running total, a text. */
export const TAG_KINDS = ['Analog', 'State', 'Counter', 'Text'] as const;
/** What a tag means. */
export type TagKind = (typeof TAG_KINDS)[number];

/** Where a series of readings comes from. */
export type Origin = 'Real' | 'Simulated';
