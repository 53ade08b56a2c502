import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order and nothing undefined: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // Text by text: of all tags of a site, copies of the objects with their keys in order would be ten times as much garbage.
  let text = '';
  const object = value as Readonly<Record<string, unknown>>; // no function, not null, no list
  for (const key of Object.keys(object).sort(compareText)) {
    const item = object[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
}

/** 12 hex digits of the SHA-256 of the canonical JSON. */
export const revisionOf = (value: unknown): string => hashText(canonicalJson(value));

/** 12 hex digits of the SHA-256 of a text. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Order of two texts by code unit: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
