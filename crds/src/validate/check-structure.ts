import type { StructuralSchema } from '../schemas/structural.ts';
import { checkScalar } from './check-scalar.ts';
import { isRecord, type JsonObject } from './is-record.ts';
import { suggest } from './nearest-name.ts';
import { createError, type FieldPath, showValue, type ValidationError } from './validation-error.ts';

/** Check a value against a schema, its rules apart: types, unknown and missing fields, bounds, duplicates in sets and list-maps. */
export function checkStructure(schema: StructuralSchema, value: unknown, path: FieldPath): ValidationError[] {
  if (!hasType(schema, value)) return [createError(path, describeType(schema, value), value)];
  if (Array.isArray(value)) return checkList(schema, value, path);
  if (isRecord(value)) return checkObject(schema, value, path);
  // hasType leaves nothing but scalars here.
  const problem = checkScalar(schema, value as string | number | boolean);
  return problem === undefined ? [] : [createError(path, problem, value)];
}

function hasType(schema: StructuralSchema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === schema.type;
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'a map of fields',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function describeType(schema: StructuralSchema, value: unknown): string {
  const wanted = schema['x-kubernetes-int-or-string'] ? 'a whole number or a text' : (ARTICLES[schema.type ?? ''] ?? '');
  const hint = hintAt(schema, value);
  return `must be ${wanted}, is ${showValue(value)}${hint === '' ? '' : `; ${hint}`}`;
}

function hintAt(schema: StructuralSchema, value: unknown): string {
  if (value === null) return 'give a value or remove the field';
  if (schema.type === 'string' && typeof value === 'boolean')
    return 'YAML reads on, off, yes and no as true and false: put the word in quotes';
  if (typeof value === 'number' && (schema.type === 'string' || schema['x-kubernetes-int-or-string'])) return 'put it in quotes';
  if (
    typeof value === 'string' &&
    (schema.type === 'integer' || schema.type === 'number') &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  )
    return 'remove the quotes';
  return '';
}

function checkObject(schema: StructuralSchema, value: JsonObject, path: FieldPath): ValidationError[] {
  const { properties = {}, additionalProperties, required = [], minProperties = 0, maxProperties } = schema;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  const errors: ValidationError[] = [];
  if (maxProperties !== undefined && names.length > maxProperties && additionalProperties)
    errors.push(createError(path, `has ${names.length} entries; at most ${maxProperties} are allowed`));
  if (names.length < minProperties)
    errors.push(createError(path, `must have at least ${minProperties} ${minProperties === 1 ? 'entry' : 'entries'}`));
  for (const name of required)
    if (!names.includes(name)) errors.push(createError([...path, name], `is required: ${firstSentence(properties[name])}`));
  for (const name of names) {
    const child = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (child === undefined) errors.push(createError([...path, name], `is not a field here${suggest(name, Object.keys(properties))}`));
    else errors.push(...checkStructure(child, value[name], [...path, name]));
  }
  return errors;
}

function checkList(schema: StructuralSchema, value: readonly unknown[], path: FieldPath): ValidationError[] {
  const { items, minItems = 0, maxItems } = schema;
  if (maxItems !== undefined && value.length > maxItems)
    return [createError(path, `has ${value.length} items; at most ${maxItems} are allowed`)];
  if (value.length < minItems) return [createError(path, `must have at least ${minItems} ${minItems === 1 ? 'item' : 'items'}`)];
  const errors = items ? value.flatMap((item, n) => checkStructure(items, item, [...path, n])) : [];
  return errors.length > 0 ? errors : checkUnique(schema, value, path);
}

function checkUnique(schema: StructuralSchema, value: readonly unknown[], path: FieldPath): ValidationError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identify = (item: unknown) => JSON.stringify(type === 'set' ? item : keys.map((key) => (isRecord(item) ? item[key] : undefined)));
  const seen = new Map<string, number>();
  return value.flatMap((item, n) => {
    const identity = identify(item);
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, n);
    const what =
      type === 'set' ? showValue(item) : keys.map((key) => `${key} ${showValue(isRecord(item) ? item[key] : undefined)}`).join(', ');
    return first === undefined ? [] : [createError([...path, n], `repeats ${what}, which item ${first} has already: remove one`, item)];
  });
}

const firstSentence = (schema: StructuralSchema | undefined): string => schema?.description.split(/(?<=\.) /)[0] ?? 'give a value.';
