import type { KindDefinition } from '../schemas/kinds.ts';
import { isRecord } from './is-record.ts';
import { suggest } from './nearest-name.ts';
import { createError, type FieldPath, showValue, type ValidationError } from './validation-error.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const MAX_ANNOTATIONS_BYTES = 256 << 10;

const FIELDS = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** Check `metadata` as the API server does: name, namespace, labels, annotations, unknown fields. */
export function checkMetadata({ maxNameLength, kind }: KindDefinition, metadata: unknown): ValidationError[] {
  if (!isRecord(metadata))
    return [createError(['metadata'], `is required: give at least a name, as in metadata: {name: my-${kind.toLowerCase()}}`)];
  const unknown = Object.keys(metadata).filter((name) => !FIELDS.some((field) => field === name));
  return [
    ...unknown.map((name) => createError(['metadata', name], `is not a field here${suggest(name, FIELDS)}`)),
    ...checkName(metadata.name, maxNameLength),
    ...checkNamespace(metadata.namespace),
    ...checkPairs(['metadata', 'labels'], metadata.labels, checkLabel),
    ...checkPairs(['metadata', 'annotations'], metadata.annotations, (key) => checkKey(key.toLowerCase())),
    ...checkAnnotationSize(metadata.annotations),
  ];
}

function checkName(name: unknown, maxLength: number): ValidationError[] {
  const path = ['metadata', 'name'];
  if (name === undefined || name === null || name === '') return [createError(path, 'is required: give the resource a name')];
  if (typeof name !== 'string') return [createError(path, `must be a text, is ${showValue(name)}; put it in quotes`, name)];
  if (name.length > maxLength) return [createError(path, `has ${name.length} characters; at most ${maxLength} are allowed`, name)];
  if (LABEL.test(name)) return [];
  return [
    createError(
      path,
      `is ${showValue(name)}; must be lower-case letters, digits and "-", beginning and ending with a letter or digit`,
      name,
    ),
  ];
}

function checkNamespace(namespace: unknown): ValidationError[] {
  if (namespace === undefined || namespace === null || namespace === '') return [];
  const path = ['metadata', 'namespace'];
  if (typeof namespace !== 'string') return [createError(path, `must be a text, is ${showValue(namespace)}; put it in quotes`, namespace)];
  if (namespace.length <= 63 && LABEL.test(namespace)) return [];
  return [createError(path, `is ${showValue(namespace)}; must be at most 63 lower-case letters, digits and "-"`, namespace)];
}

function checkPairs(path: FieldPath, pairs: unknown, check: (key: string, value: string) => string | undefined): ValidationError[] {
  if (pairs === undefined || pairs === null) return [];
  if (!isRecord(pairs)) return [createError(path, `must be a map of texts, is ${showValue(pairs)}`, pairs)];
  return Object.entries(pairs).flatMap(([key, value]) => {
    if (typeof value !== 'string') return [createError([...path, key], `must be a text, is ${showValue(value)}; put it in quotes`, value)];
    const problem = check(key, value);
    return problem === undefined ? [] : [createError([...path, key], problem, value)];
  });
}

function checkLabel(key: string, value: string): string | undefined {
  if (value !== '' && (value.length > 63 || !QUALIFIED.test(value)))
    return `is ${showValue(value)}; a label's value has at most 63 letters, digits, "-", "_" or ".", and begins and ends with a letter or digit`;
  return checkKey(key);
}

function checkKey(key: string): string | undefined {
  const [name = '', prefix, ...rest] = key.split('/').reverse();
  const good =
    rest.length === 0 &&
    name.length <= 63 &&
    QUALIFIED.test(name) &&
    (prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix)));
  return good
    ? undefined
    : 'the key must be an optional DNS prefix with "/", then at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit';
}

function checkAnnotationSize(annotations: unknown): ValidationError[] {
  if (!isRecord(annotations)) return [];
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
    0,
  );
  return bytes <= MAX_ANNOTATIONS_BYTES
    ? []
    : [createError(['metadata', 'annotations'], `are ${bytes} bytes together; at most ${MAX_ANNOTATIONS_BYTES} are allowed`)];
}
