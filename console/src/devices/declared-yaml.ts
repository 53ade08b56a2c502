import type { Resource } from '@kubeplant/api-client';
import { parseDocument, stringify } from 'yaml';

const HOST_FIELDS: ReadonlySet<string> = new Set(['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields']);

/** A resource as somebody would write it: without status and what the host fills in. */
export function toDeclaredYaml({ apiVersion, kind, metadata, status: _status, ...others }: Resource): string {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !HOST_FIELDS.has(name)));
  return stringify({ apiVersion, kind, metadata: kept, ...others }, { lineWidth: 110 });
}

/** What a text says, or what is wrong with it and where. */
export type ParsedYaml =
  | { readonly kind: 'resource'; readonly resource: Resource }
  | { readonly kind: 'malformed'; readonly line: number; readonly message: string };

export function parseDeclaredYaml(text: string): ParsedYaml {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) return { kind: 'malformed', line: error.linePos?.[0].line ?? 1, message: error.message.split('\n')[0] ?? '' };
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'malformed', line: 1, message: 'This is not a resource: it must begin with apiVersion, kind and metadata.' };
  return { kind: 'resource', resource: value as Resource }; // The api judges it field by field.
}
