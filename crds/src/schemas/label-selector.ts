import { LABEL_KEY_PATTERN, labels } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

/** A full Kubernetes label selector; `{}` selects everything of the site. */
export const labelSelector = {
  type: 'object',
  description:
    'Selects Devices of the site by their labels, as everywhere in Kubernetes. All given conditions must hold; {} selects every Device of the site.',
  'x-kubernetes-map-type': 'atomic',
  properties: {
    matchLabels: labels('Labels a Device must carry, with exactly these values.', 16),
    matchExpressions: {
      type: 'array',
      description: 'Conditions on labels; all must hold.',
      maxItems: 16,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        description: 'One condition on a label.',
        required: ['key', 'operator'],
        'x-kubernetes-validations': [
          {
            rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
            message: 'In and NotIn need at least one value; Exists and DoesNotExist take none',
            fieldPath: '.values',
          },
        ],
        properties: {
          key: { type: 'string', description: 'Key of the label.', minLength: 1, maxLength: 317, pattern: LABEL_KEY_PATTERN },
          operator: {
            type: 'string',
            description: 'In, NotIn: the value is, or is not, one of values. Exists, DoesNotExist: the label is there, or is not.',
            enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
          },
          values: {
            type: 'array',
            description: 'Values for In and NotIn.',
            maxItems: 32,
            'x-kubernetes-list-type': 'atomic',
            items: { type: 'string', description: 'A value of the label.', maxLength: 63 },
          },
        },
      },
    },
  },
} as const satisfies StructuralSchema;
