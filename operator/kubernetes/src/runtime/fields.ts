import { createHash } from 'node:crypto';
import type { KubeObject } from '../api/kube-object.ts';

/** True when everything that is sent is in the object as it is now; what the server adds does not matter. */
export function containsFields(present: unknown, sent: unknown): boolean {
  if (Array.isArray(sent)) {
    return Array.isArray(present) && present.length === sent.length && sent.every((item, index) => containsFields(present[index], item));
  }
  if (typeof sent === 'object' && sent !== null) {
    if (typeof present !== 'object' || present === null) return Object.keys(sent).length === 0;
    const fields = present as Readonly<Record<string, unknown>>;
    return Object.entries(sent).every(([key, value]) => value === undefined || containsFields(fields[key], value));
  }
  return present === sent;
}

/** The object with a digest in place of each piece of binary data: what the cache keeps and comparisons use. */
export function digestBinary<T extends { readonly [field: string]: unknown }>(object: T): T {
  const { binaryData, data } = object;
  if (object.kind !== 'ConfigMap' || (binaryData === undefined && data === undefined)) return object;
  return {
    ...object,
    ...(binaryData !== undefined && { binaryData: digestAll(binaryData) }),
    ...(data !== undefined && { data: digestAll(data) }),
  };
}

const digestAll = (data: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(data as Readonly<Record<string, string>>).map(([name, text]) => [name, digest(text)])); // the type of ConfigMap data

const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('base64')}`;

/** An object without what only costs memory. */
export function strip(object: KubeObject): KubeObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  if (annotations === undefined) return { ...object, metadata };
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...kept } = annotations;
  return { ...object, metadata: Object.keys(kept).length === 0 ? metadata : { ...metadata, annotations: kept } };
}
