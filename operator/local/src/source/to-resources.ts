import { API_GROUP, API_VERSION, KINDS } from '@kubeplant/crds';
import type { DeclaredResource } from '@kubeplant/crds/model';
import { nameOf, type Problem } from '../problem.ts';
import type { YamlDocument } from '../yaml/types.ts';
import type { Origin, SourcePath, SourceResource, Transform } from './types.ts';

/** Resources of a file. */
interface Found {
  readonly resources: SourceResource[];
  readonly problems: Problem[];
  ignored: number;
}

const DEFAULT_NAMESPACE = 'default';

/** The resources of our group in the documents of a file, Lists unfolded, with their namespace filled in. */
export function toResources(path: SourcePath, documents: readonly YamlDocument[]): Found {
  const found: Found = { resources: [], problems: [], ignored: 0 };
  for (const [documentIndex, document] of documents.entries()) {
    const origin = { file: path.file, documentIndex, transformed: path.transforms.length > 0 };
    const { value } = document;
    if (value === null) continue;
    if (isRecord(value) && value.kind === 'List' && Array.isArray(value.items)) {
      for (const [itemIndex, item] of value.items.entries()) addResource(found, path, document, { ...origin, itemIndex }, item);
    } else {
      addResource(found, path, document, origin, value);
    }
  }
  return found;
}

function addResource(found: Found, { transforms }: SourcePath, document: YamlDocument, origin: Origin, value: unknown): void {
  const prefix = origin.itemIndex === undefined ? '' : `items[${origin.itemIndex}]`;
  const positionOf = (field: string) => document.positionOf(prefix === '' || field === '' ? `${prefix}${field}` : `${prefix}.${field}`);
  const report = (reason: string, field: string, message: string, more: Partial<Problem> = {}): void => {
    found.problems.push({ severity: 'Error', reason, file: origin.file, ...positionOf(field), field, message, ...more });
  };
  if (!isRecord(value)) {
    report('NotAResource', '', `a document must be a resource, a map with apiVersion, kind and metadata; this is ${describe(value)}`);
    return;
  }
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const missing = typeof apiVersion === 'string' ? 'kind' : 'apiVersion';
    report('NotAResource', missing, `${missing} is missing or not a text: give "apiVersion: ${API_VERSION}" and a kind`);
    return;
  }
  if (apiVersion.split('/')[0] !== API_GROUP) {
    found.ignored += 1;
    return;
  }
  if (apiVersion !== API_VERSION) {
    report('UnknownVersion', 'apiVersion', `${apiVersion} is not known here: use ${API_VERSION}`);
    return;
  }
  if (!Object.hasOwn(KINDS, kind)) {
    report('UnknownKind', 'kind', `${kind} is not a kind of ${API_VERSION}: use ${Object.keys(KINDS).join(', ')}`);
    return;
  }
  const name = isRecord(metadata) ? metadata.name : undefined;
  if (typeof name !== 'string' || name === '') {
    report('NameMissing', 'metadata.name', 'metadata.name is missing or not a text: name the resource', { kind, name: '' });
    return;
  }
  const object = transformResource({ ...value, apiVersion, kind, metadata: { ...(metadata as object), name } }, kind, transforms);
  found.resources.push({ object, origin, positionOf });
}

/** Namespace, labels and annotations by the kustomizations, innermost first; status is not the author's to give. */
function transformResource(declared: DeclaredResource, kind: string, transforms: readonly Transform[]): DeclaredResource {
  const { status: _, ...object } = declared;
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const transform of transforms) {
    if (transform.namespace !== undefined) metadata.namespace = transform.namespace;
    for (const field of ['labels', 'annotations'] as const) {
      if (Object.keys(transform[field] ?? {}).length > 0)
        metadata[field] = { ...(metadata[field] as object | undefined), ...transform[field] };
    }
  }
  const { namespace, ...rest } = metadata;
  const namespaced = KINDS[kind as keyof typeof KINDS].scope === 'Namespaced';
  // The cast is sound: name was checked, and the schema checks what the author wrote into the other fields.
  return {
    ...object,
    metadata: { ...rest, ...(namespaced && { namespace: namespace ?? DEFAULT_NAMESPACE }) } as DeclaredResource['metadata'],
  };
}

/** Key of a resource: kind, namespace and name. */
export const keyOf = (object: DeclaredResource): string => `${object.kind}/${nameOf(object.metadata)}`;

const SHOWN = 60;

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  const text = String(value);
  return `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}"`;
};
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
