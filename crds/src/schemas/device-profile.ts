import { text } from './fields.ts';
import type { StructuralSchema } from './structural.ts';
import { PARAMETER_PATTERN } from './tag-modbus.ts';
import { tagDefaults, tags } from './tag.ts';

/** `DeviceProfile.spec`. */
export const deviceProfileSpec = {
  type: 'object',
  description: 'The register map of a type of device.',
  required: ['tags'],
  properties: {
    manufacturer: text('Who makes the device.', 128),
    model: text('Model of the device.', 128),
    parameters: {
      type: 'array',
      description: 'What Devices may or must say through profileRef.parameters. Numbers take them by addressParameter, texts by $(name).',
      maxItems: 64,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        description: 'A parameter.',
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            description: 'Name of the parameter.',
            minLength: 1,
            maxLength: 63,
            pattern: PARAMETER_PATTERN,
            'x-kubeplant-pattern': 'letters, digits and "_", not beginning with a digit',
          },
          default: { type: 'string', description: 'Value where a Device gives none, as text in quotes.', maxLength: 256 },
          required: { type: 'boolean', description: 'True: every Device must give a value.' },
        },
        'x-kubernetes-validations': [
          {
            rule: '!has(self.default) || !has(self.required) || !self.required',
            message: 'a required parameter takes no default: it would never be used',
            fieldPath: '.default',
          },
        ],
      },
    },
    defaults: tagDefaults,
    tags,
  },
} as const satisfies StructuralSchema;
