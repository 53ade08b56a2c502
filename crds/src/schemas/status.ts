import type { StructuralSchema } from './structural.ts';

/** A condition, as `metav1.Condition`. */
export const condition = {
  type: 'object',
  description: 'One aspect of the state, as Kubernetes conditions are.',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: { type: 'string', description: 'Name of the condition.', maxLength: 316, pattern: '^[A-Za-z][A-Za-z0-9]*$' },
    status: { type: 'string', description: 'True, False or Unknown.', enum: ['True', 'False', 'Unknown'] },
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'Generation of the resource the condition was judged on.',
      minimum: 0,
    },
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'When the status last changed from one value to another.' },
    reason: {
      type: 'string',
      description: 'One word in CamelCase, for programs.',
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    },
    message: { type: 'string', description: 'A sentence for people: what is so, and what to do about it.', maxLength: 32768 },
  },
} as const satisfies StructuralSchema;

/** Status fields every kind has. */
const commonStatus = {
  observedGeneration: {
    type: 'integer',
    format: 'int64',
    description: 'Generation of the resource this status was made from; -1 until the operator has seen the resource.',
    minimum: -1,
  },
  conditions: {
    type: 'array',
    description: 'Ready: what is declared is applied. Reconciling and Stalled are present only while they are True.',
    maxItems: 16,
    items: condition,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
  },
} as const satisfies Record<string, StructuralSchema>;

const count = (description: string) => ({ type: 'integer', format: 'int32', description, minimum: 0 }) as const;

/** Status of kinds without figures of their own. */
export const plainStatus = {
  type: 'object',
  description: 'What the operator has made of the resource.',
  default: { observedGeneration: -1 },
  properties: commonStatus,
} as const satisfies StructuralSchema;

/** Status of a Site. */
export const siteStatus = {
  type: 'object',
  description: 'What the operator has made of the site.',
  default: { observedGeneration: -1 },
  properties: {
    ...commonStatus,
    devices: {
      type: 'object',
      description: 'Devices of the site.',
      properties: {
        declared: count('Devices that name this site.'),
        ready: count('Devices whose declaration is applied.'),
        connected: count('Devices whose connection is up.'),
      },
    },
  },
} as const satisfies StructuralSchema;

/** Status of a Device. */
export const deviceStatus = {
  type: 'object',
  description: 'What has become of the device.',
  default: { observedGeneration: -1 },
  properties: {
    ...commonStatus,
    collector: { type: 'string', description: 'Name of the collector (shard) that holds the device.', maxLength: 63 },
    tags: count('Tags of the device after the merge with its profile.'),
    badTags: count('Tags whose quality is Bad now.'),
    rejectedTags: {
      type: 'array',
      description: 'Tags the device refuses or that cannot be read as declared, at most 20.',
      maxItems: 20,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        description: 'A rejected tag.',
        required: ['name', 'reason'],
        properties: {
          name: { type: 'string', description: 'Name of the tag.', maxLength: 128 },
          reason: { type: 'string', description: 'Why, e.g. IllegalDataAddress.', maxLength: 1024 },
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** Status of an AlarmRule. */
export const alarmRuleStatus = {
  type: 'object',
  description: 'What the operator has made of the rule.',
  default: { observedGeneration: -1 },
  properties: { ...commonStatus, watched: count('Tags the rule watches.') },
} as const satisfies StructuralSchema;
