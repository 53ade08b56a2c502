import type { StructuralSchema } from '../schemas/structural.ts';
import { isRecord } from '../validate/is-record.ts';

/** A value that is tried in place of another. */
export interface Mutation {
  readonly path: readonly (string | number)[];
  /** Schema of the value that was changed. */
  readonly schema: StructuralSchema;
  /** What was done, for titles. */
  readonly what: string;
  /** The changed whole. */
  readonly value: unknown;
}

/** Changes of a value at and around every bound its schema has, some accepted, most not. */
export function mutateSample(schema: StructuralSchema, value: unknown, path: readonly (string | number)[] = []): Mutation[] {
  const own = changesOf(schema, value).map(([what, changed]) => ({ path, schema, what, value: changed }));
  return [...own, ...inner(schema, value, path)];
}

function inner(schema: StructuralSchema, value: unknown, path: readonly (string | number)[]): Mutation[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return [];
    return value.flatMap((item, n) =>
      mutateSample(items, item, [...path, n]).map((mutation) => ({ ...mutation, value: value.with(n, mutation.value) })),
    );
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const childSchema = schema.properties?.[key] ?? schema.additionalProperties;
    if (!childSchema) return [];
    return mutateSample(childSchema, child, [...path, key]).map((mutation) => ({
      ...mutation,
      value: { ...value, [key]: mutation.value },
    }));
  });
}

type Change = readonly [what: string, value: unknown];

function changesOf(schema: StructuralSchema, value: unknown): Change[] {
  const types: Change[] = [
    ['null', null],
    ['a text', 'text'],
    ['a number', 7],
    ['a fraction', 1.5],
    ['a boolean', true],
    ['a list', []],
    ['an empty map', {}],
  ];
  if (Array.isArray(value)) return [...types, ...listChanges(schema, value)];
  if (isRecord(value)) return [...types, ...mapChanges(schema, value)];
  return [...types, ...(typeof value === 'string' ? textChanges(schema) : numberChanges(schema))];
}

function textChanges({ maxLength = 0 }: StructuralSchema): Change[] {
  const odd = [
    '',
    ' ',
    '-',
    'a b',
    'A_b',
    '0s',
    '1ms',
    '1h',
    '99999h',
    'Off',
    'a/b',
    '/a',
    '1.2.3.4:5',
    '::',
    '10.0.0.0/8',
    'grün',
    'a\n',
    '1m30s',
    '30s1',
  ];
  const long: Change[] =
    maxLength > 4096
      ? []
      : [
          ['as long as may be', 'a'.repeat(maxLength)],
          ['too long', 'a'.repeat(maxLength + 1)],
        ];
  return [...odd.map((text) => [JSON.stringify(text), text] as const), ...long];
}

function numberChanges({ minimum = 0, maximum = 1000 }: StructuralSchema): Change[] {
  return [minimum - 1, minimum, maximum, maximum + 1, 0, -0.5].map((number) => [String(number), number] as const);
}

function listChanges({ maxItems = 0 }: StructuralSchema, value: readonly unknown[]): Change[] {
  const [first] = value;
  if (first === undefined) return [];
  return [
    ['the first item twice', [first, ...value]],
    ['one item too many', Array.from({ length: maxItems + 1 }, () => first)],
  ];
}

function mapChanges(schema: StructuralSchema, value: Readonly<Record<string, unknown>>): Change[] {
  const without = (key: string) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
  const removals = Object.keys(value).map((key) => [`without ${key}`, without(key)] as const);
  if (schema.properties) return [['an unknown field', { ...value, nosuchfield: 1 }], ...removals];
  const [first] = Object.values(value);
  const keys = ['', ' ', 'a b', '-a', '7', '-7', '07', 'a/b', 'A', 'x'.repeat(64), 'x'.repeat(318)];
  const many = Object.fromEntries(Array.from({ length: (schema.maxProperties ?? 0) + 1 }, (_, n) => [`k${n}`, first]));
  return [
    ...removals,
    ...keys.map((key) => [`key ${JSON.stringify(key.slice(0, 5))} of ${key.length}`, { ...value, [key]: first }] as const),
    ['too many keys', many],
  ];
}
