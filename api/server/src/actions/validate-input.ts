import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { type FieldError, invalidInput } from './action-error.ts';
import { checkTexts } from './check-texts.ts';

type Validate = (value: unknown) => readonly TLocalizedValidationError[];
const validators = new WeakMap<TSchema, Validate>();

/** The input as the schema promises it; throws a 400 that names each wrong field, its value and what it must be. */
export function validateInput<I extends TObject>(schema: I, input: Record<string, unknown>): Static<I> {
  checkTexts(input);
  const errors = validatorOf(schema)(input);
  if (errors.length > 0) throw invalidInput(toFieldErrors(schema, input, errors));
  return input as Static<I>; // The validator has just said so.
}

/** Problems of an output; empty when it is what the schema says. */
export function validateOutput(schema: TSchema, output: unknown): readonly TLocalizedValidationError[] {
  return validatorOf(schema)(output);
}

/** Compiled when first needed: compiling all at the start would cost a tenth of a second. */
function validatorOf(schema: TSchema): Validate {
  let validate = validators.get(schema);
  if (validate === undefined) {
    const compiled = Compile(schema);
    validate = (value) => (compiled.Check(value) ? [] : compiled.Errors(value));
    validators.set(schema, validate);
  }
  return validate;
}

/** Of the several errors of one place, the one that helps. */
function toFieldErrors(schema: TObject, input: unknown, errors: readonly TLocalizedValidationError[]): FieldError[] {
  const byField = new Map<string, string>();
  for (const error of errors) {
    for (const [field, message] of describe(schema, input, error)) if (!byField.has(field)) byField.set(field, message);
  }
  return [...byField].slice(0, 20).map(([field, message]) => ({ field, message }));
}

function describe(schema: TObject, input: unknown, error: TLocalizedValidationError): [string, string][] {
  const field = toField(error.instancePath);
  const at = field === '' ? '' : `${field}.`;
  const value = valueAt(input, error.instancePath);
  if (error.keyword === 'boolean') return []; // told by additionalProperties
  if (error.keyword === 'additionalProperties') {
    const known = field === '' ? `; known are ${Object.keys(schema.properties).join(', ') || 'none'}` : '';
    return error.params.additionalProperties.map((name) => [`${at}${name}`, `is not known here${known}`]);
  }
  if (error.keyword === 'required') return error.params.requiredProperties.map((name) => [`${at}${name}`, 'is missing']);
  const place = descriptionAt(schema, error.instancePath);
  if ((error.keyword === 'pattern' || error.keyword === 'anyOf') && place !== undefined)
    return [[field, `is ${show(value)}; it must be ${place}`]];
  if (error.keyword === 'enum') return [[field, `is ${show(value)}; it must be one of ${error.params.allowedValues.join(', ')}`]];
  if (error.keyword === 'const' || error.schemaPath.includes('/anyOf/')) return [];
  return [[field, `is ${show(value)}; it ${error.message}`]];
}

const toField = (pointer: string): string => pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');

function show(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined), value);
}

interface SchemaNode {
  readonly description?: string;
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

function descriptionAt(schema: TObject, pointer: string): string | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode; // A JSON schema.
  for (const key of pointer.split('/').slice(1)) node = node?.items ?? node?.properties?.[key];
  return node?.description;
}
