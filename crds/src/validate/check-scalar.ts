import type { StructuralSchema } from '../schemas/structural.ts';
import { suggest } from './nearest-name.ts';
import { showValue } from './validation-error.ts';

/** What is wrong with a text, number or boolean of the right type; undefined when nothing is. */
export function checkScalar(schema: StructuralSchema, value: string | number | boolean): string | undefined {
  if (schema.enum && !schema.enum.some((allowed) => allowed === value)) return checkEnum(schema.enum, value);
  if (typeof value === 'string') return checkText(schema, value);
  if (typeof value === 'number') return checkNumber(schema, value);
  return undefined;
}

function checkEnum(allowed: readonly (string | number)[], value: string | number | boolean): string {
  const texts = allowed.map(String);
  return `is ${showValue(value)}; must be one of ${texts.join(', ')}${suggest(String(value), texts)}`;
}

function checkText(schema: StructuralSchema, value: string): string | undefined {
  const { minLength, maxLength, pattern, format } = schema;
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) return `has ${length} characters; at most ${maxLength} are allowed`;
  if (minLength !== undefined && length < minLength)
    return minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`;
  if (pattern !== undefined && !toRegExp(pattern).test(value))
    return `is ${showValue(value)}; must be ${schema['x-kubeplant-pattern'] ?? `text that matches ${pattern}`}`;
  if (format === 'date-time' && Number.isNaN(Date.parse(value)))
    return `is ${showValue(value)}; must be a time such as 2026-01-31T12:00:00Z`;
  return undefined;
}

function checkNumber({ minimum, maximum }: StructuralSchema, value: number): string | undefined {
  if (!Number.isFinite(value)) return `is ${value}; must be a finite number`;
  if (minimum !== undefined && value < minimum) return `is ${value}; must be at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `is ${value}; must be at most ${maximum}`;
  return undefined;
}

const compiled = new Map<string, RegExp>();

/** A pattern of a schema, compiled once. The patterns keep to what RE2 and JavaScript read alike. */
export function toRegExp(pattern: string): RegExp {
  let regExp = compiled.get(pattern);
  if (regExp === undefined) {
    regExp = new RegExp(pattern, 'u');
    compiled.set(pattern, regExp);
  }
  return regExp;
}
