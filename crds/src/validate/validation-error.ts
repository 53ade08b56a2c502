/** Keys and indexes that lead to a value. */
export type FieldPath = readonly (string | number)[];

/** One thing that is wrong with a resource. */
export interface ValidationError {
  /** Where, for people: `spec.tags.level.modbus.address`, `spec.areas[0].path`; empty for the whole document. */
  readonly field: string;
  /** Where, for programs: keys and indexes. A missing or forbidden field has its own place, though nothing may be there. */
  readonly path: FieldPath;
  /** What is wrong and what to do, without the field. */
  readonly message: string;
  /** The value at fault, where it is a text, a number or a boolean. */
  readonly value?: string | number | boolean;
}

/** Make an error; `value` is kept and shown where it is a scalar. */
export function createError(path: FieldPath, message: string, value?: unknown): ValidationError {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return { field: formatField(path), path, message, ...(scalar ? { value } : {}) };
}

/** `spec.areas[0].path` of a path. */
export function formatField(path: FieldPath): string {
  return path.map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? part : `.${part}`)).join('');
}

/** A value as it is written in a message, shortened. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
