import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order and nothing undefined: equal values give equal text. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sortKeys(value)) ?? 'null';

/** 12 hex digits of the SHA-256 of the canonical JSON. */
export const revisionOf = (value: unknown): string => hashText(canonicalJson(value));

/** 12 hex digits of the SHA-256 of a text. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** Order of two texts by code unit: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
