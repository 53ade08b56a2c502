import type { StructuralSchema } from '../schemas/structural.ts';
import { isRecord } from './is-record.ts';

/** A value as CEL sees it: integers as bigint, objects as maps. */
export type CelData = string | number | bigint | boolean | null | CelData[] | Map<string, CelData>;

/** Convert a value that has passed `checkStructure`, by its schema: `integer` is a CEL int, `number` a double. */
export function toCelData(schema: StructuralSchema, value: unknown): CelData {
  if (typeof value === 'number') return schema.type === 'number' ? value : BigInt(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => (schema.items ? toCelData(schema.items, item) : null));
  if (!isRecord(value)) return null;
  const map = new Map<string, CelData>();
  for (const [key, child] of Object.entries(value)) {
    const childSchema = schema.properties?.[key] ?? schema.additionalProperties;
    if (childSchema && child !== undefined) map.set(key, toCelData(childSchema, child));
  }
  return map;
}
