import { readFileSync } from 'node:fs';
import { parseDuration, parseSpanDays } from '@kubeplant/words';

/** What every field of a process configuration has. */
export interface FieldOptions<D> {
  /** Name of the environment variable. */
  readonly env: string;
  /** What it does, for the reference: one sentence. */
  readonly description: string;
  /** Used when the variable is unset or empty. */
  readonly default?: D;
  /** True: unset and without a default reads as undefined; else that is an error. */
  readonly optional?: boolean;
}

/** A variable that a process reads. `parse` returns the value, or what is wrong with the text as an Error. */
export interface ConfigField<T> {
  readonly env: string;
  readonly description: string;
  /** Shown in the reference: `port`, `duration`, `one of a, b` … */
  readonly type: string;
  readonly default: string | undefined;
  readonly optional: boolean;
  readonly parse: (text: string) => T | Error;
}

type Value<T, O> = O extends { readonly optional: true } ? T | undefined : T;

/** A text; `oneOf` limits it to these words. */
export function text<const O extends FieldOptions<string> & { readonly oneOf?: readonly string[] }>(
  options: O,
): ConfigField<Value<string, O>> {
  const { oneOf } = options;
  return field(options, oneOf ? `one of ${oneOf.join(', ')}` : 'text', (raw) =>
    oneOf && !oneOf.includes(raw) ? new Error(`must be one of ${oneOf.join(', ')}`) : raw,
  );
}

/** A TCP port, 0 (any free one) … 65535. */
export function port<const O extends FieldOptions<number>>(options: O): ConfigField<Value<number, O>> {
  return field(options, 'port', (raw) => parseNumber(raw, { min: 0, max: 65_535, integer: true }));
}

/** A number, with optional limits (both included). */
export function number<const O extends FieldOptions<number> & NumberLimits>(options: O): ConfigField<Value<number, O>> {
  return field(options, options.integer ? 'integer' : 'number', (raw) => parseNumber(raw, options));
}

/** A duration such as `500ms`, `2s`, `1m30s`; its value is in milliseconds. The default and the least are text too. */
export function duration<const O extends FieldOptions<string> & { readonly min?: string }>(options: O): ConfigField<Value<number, O>> {
  return field(options, 'duration', (raw) => parseAtLeast(raw, options.min, parseDuration, 'a duration such as 500ms, 2s or 1m30s'));
}

/** A retention span such as `30d`, `12w`, `5y`; its value is in days. The default and the least are text too. */
export function retention<const O extends FieldOptions<string> & { readonly min?: string }>(options: O): ConfigField<Value<number, O>> {
  return field(options, 'retention span', (raw) =>
    parseAtLeast(raw, options.min, parseSpanDays, 'a retention span such as 30d, 12w or 5y'),
  );
}

/** `true` or `false`. */
export function flag<const O extends FieldOptions<boolean>>(options: O): ConfigField<Value<boolean, O>> {
  return field(options, 'true or false', (raw) => (raw === 'true' ? true : raw === 'false' ? false : new Error('must be true or false')));
}

/** Texts separated by commas; `oneOf` limits them to these words. The default is text too (`a,b`). */
export function list<const O extends FieldOptions<string> & { readonly oneOf?: readonly string[] }>(
  options: O,
): ConfigField<Value<readonly string[], O>> {
  const { oneOf } = options;
  return field(options, oneOf ? `list of ${oneOf.join(', ')}` : 'list', (raw) => {
    const items = raw
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    const wrong = oneOf ? items.find((item) => !oneOf.includes(item)) : undefined;
    return wrong === undefined ? items : new Error(`holds "${wrong}"; allowed are ${oneOf?.join(', ')}`);
  });
}

/** Path of a file that the process reads itself, again and again: for what is rotated without a restart. */
export function filePath<const O extends FieldOptions<string>>(options: O): ConfigField<Value<string, O>> {
  return field(options, 'file', (raw) => raw);
}

/** The variable names a file; the value is the file's text without the white space around it. */
export function secretFile<const O extends FieldOptions<string>>(options: O): ConfigField<Value<string, O>> {
  return field(options, 'file', readSecret);
}

interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

function field<T, O extends FieldOptions<unknown>>(options: O, type: string, parse: (raw: string) => T | Error): ConfigField<Value<T, O>> {
  return {
    env: options.env,
    description: options.description,
    type,
    default: options.default === undefined ? undefined : String(options.default),
    optional: options.optional ?? false,
    // Value<T, O> is T or wider: readConfig adds the undefined of an optional field itself.
    parse: parse as (raw: string) => Value<T, O> | Error,
  };
}

function parseNumber(raw: string, { min = -Infinity, max = Infinity, integer = false }: NumberLimits): number | Error {
  const value = Number(raw);
  if (!Number.isFinite(value) || raw.trim() === '') return new Error('must be a number');
  if (integer && !Number.isInteger(value)) return new Error('must be a whole number');
  if (value < min || value > max)
    return new Error(`must be ${min === -Infinity ? `at most ${max}` : max === Infinity ? `at least ${min}` : `${min}…${max}`}`);
  return value;
}

function parseAtLeast(raw: string, min: string | undefined, parse: (text: string) => number | undefined, what: string): number | Error {
  const value = parse(raw);
  if (value === undefined) return new Error(`must be ${what}`);
  return min !== undefined && value < (parse(min) ?? 0) ? new Error(`must be at least ${min}`) : value;
}

function readSecret(path: string): string | Error {
  try {
    const content = readFileSync(path, 'utf8').trim();
    return content === '' ? new Error('names a file that is empty') : content;
  } catch (error) {
    return new Error(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}
