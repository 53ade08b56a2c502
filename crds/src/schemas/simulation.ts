import { duration, nameRef, siteRef, suspend } from './fields.ts';
import { labelSelector } from './label-selector.ts';
import { signal } from './signal.ts';
import type { StructuralSchema } from './structural.ts';

/** `Simulation.spec`. */
export const simulationSpec = {
  type: 'object',
  description:
    'Which Devices are simulated, and how their tags behave. While it is in force their endpoints are replaced by a simulator that serves their declared register map; nothing else changes, and every reading is marked Simulated.',
  required: ['siteRef', 'devices'],
  properties: {
    siteRef,
    interval: { ...duration('Step in which the signals advance.', { min: '50ms', max: '10s' }), default: '500ms' },
    devices: {
      type: 'array',
      description: 'Groups of Devices with the same signals. Of two entries for one tag of a Device the first wins.',
      minItems: 1,
      maxItems: 50,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        description: 'Devices and their signals. Tags without a signal keep the value 0.',
        required: ['signals'],
        properties: {
          selector: labelSelector,
          deviceRef: nameRef('The one Device, instead of selector.', 'Name of the Device.'),
          signals: {
            type: 'array',
            description: 'Signals by tag.',
            maxItems: 100,
            items: signal,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['tag'],
          },
        },
        'x-kubernetes-validations': [{ rule: 'has(self.selector) != has(self.deviceRef)', message: 'give either selector or deviceRef' }],
      },
    },
    suspend,
  },
} as const satisfies StructuralSchema;
