import { DURATION_PATTERN, SPAN_PATTERN } from '@kubeplant/words';
import type { CelRule, StructuralSchema, TextSchema } from './structural.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** Path of an ISA-95 area: segments joined by `/`. */
const AREA_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$';
/** Key of a Kubernetes label: optional DNS prefix, name. */
export const LABEL_KEY_PATTERN = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE_PATTERN = '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$';
const HOST_PATTERN =
  '^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$';

/** Text of at most `maxLength` characters. */
export const text = (description: string, maxLength: number): TextSchema => ({ type: 'string', description, minLength: 1, maxLength });

interface DurationOptions {
  readonly min?: string;
  readonly max: string;
  /** Value in force when nothing is declared. */
  readonly builtIn?: string;
}

/** A duration between two bounds, checked by CEL. */
export function duration(description: string, { min, max, builtIn }: DurationOptions): TextSchema {
  const lower: readonly CelRule[] =
    min === undefined ? [] : [{ rule: `duration(self) >= duration('${min}')`, message: `must be at least ${min}` }];
  return {
    type: 'string',
    description: `${description} A duration such as 500ms, 2s or 1m30s, ${min === undefined ? 'at most' : `${min} to`} ${max}.`,
    pattern: `^${DURATION_PATTERN}$`,
    'x-kubeplant-pattern': 'a duration such as 500ms, 2s or 1m30s',
    maxLength: 16,
    ...(builtIn === undefined ? {} : { 'x-kubeplant-default': builtIn }),
    'x-kubernetes-validations': [...lower, { rule: `duration(self) <= duration('${max}')`, message: `must be at most ${max}` }],
  };
}

/** How long something is kept. */
export const retentionSpan = (description: string): TextSchema => ({
  type: 'string',
  description: `${description} Days, weeks or years: 30d, 12w, 5y (a year has 365 days).`,
  pattern: `^${SPAN_PATTERN}$`,
  'x-kubeplant-pattern': 'days, weeks or years such as 30d, 12w or 5y',
  maxLength: 5,
});

/** Retention classes of history; how long each keeps is set once per installation. */
export const historyClass = (description: string) =>
  ({
    type: 'string',
    description: `${description} How long short, standard and long keep readings is set for the whole installation.`,
    enum: ['short', 'standard', 'long'],
  }) as const satisfies StructuralSchema;

/** An amount of memory or disk. */
export const byteSize = (description: string): TextSchema => ({
  type: 'string',
  description: `${description} A size such as 512Mi or 2Gi.`,
  maxLength: 8,
  pattern: '^[1-9][0-9]{0,5}(Mi|Gi|Ti)$',
  'x-kubeplant-pattern': 'a size such as 512Mi or 2Gi',
});

/** Name of a resource: a DNS label. */
export const resourceName = (description: string, maxLength = 63): TextSchema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength,
  pattern: `^${LABEL}$`,
  'x-kubeplant-pattern': 'lower-case letters, digits and "-", beginning and ending with a letter or digit',
});

/** Name or address of a host, without port. */
export const host = (description: string): TextSchema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength: 253,
  pattern: HOST_PATTERN,
  'x-kubeplant-pattern': 'a host name or an address, without scheme and port',
});

/** Path of an area. */
export const areaPath = (description: string): TextSchema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength: 253,
  pattern: AREA_PATTERN,
  'x-kubeplant-pattern': 'segments of letters, digits, "_", "." and "-", joined by "/"',
});

/** A reference by name within the namespace. */
export const nameRef = (description: string, nameDescription: string, maxLength = 63) =>
  ({
    type: 'object',
    description,
    required: ['name'],
    properties: { name: resourceName(nameDescription, maxLength) },
    'x-kubernetes-map-type': 'atomic',
  }) as const satisfies StructuralSchema;

/** The site a resource belongs to; cannot be changed. */
export const siteRef = {
  type: 'object',
  description: 'The Site this resource belongs to, in the same namespace. It cannot be changed: to move, delete and create again.',
  required: ['name'],
  properties: {
    name: {
      ...resourceName('Name of the Site.', 30),
      'x-kubernetes-validations': [
        { rule: 'self == oldSelf', message: 'siteRef.name cannot be changed; delete the resource and create it for the other site' },
      ],
    },
  },
} as const satisfies StructuralSchema;

/** A map of labels. */
export const labels = (description: string, maxProperties: number) =>
  ({
    type: 'object',
    description,
    maxProperties,
    additionalProperties: {
      type: 'string',
      description: 'Value of the label.',
      maxLength: 63,
      pattern: LABEL_VALUE_PATTERN,
      'x-kubeplant-pattern': 'letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
    },
    'x-kubernetes-map-type': 'atomic',
    'x-kubernetes-validations': [
      {
        rule: `self.all(key, key.matches('${LABEL_KEY_PATTERN}') && size(key) <= 317)`,
        message: 'every key must be a label key: an optional DNS prefix with "/", then at most 63 letters, digits, "-", "_" or "."',
      },
    ],
  }) as const satisfies StructuralSchema;

/** `suspend: true` freezes what runs. */
export const suspend = {
  type: 'boolean',
  description:
    'True freezes this resource: what runs keeps running as it is, changes are not applied, and the condition Suspended says so. Absent or false: changes are applied.',
} as const satisfies StructuralSchema;
