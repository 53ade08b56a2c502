import { areaPath, suspend, text } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

/** `Site.spec`. */
export const siteSpec = {
  type: 'object',
  description: 'The site as declared.',
  properties: {
    enterprise: text('Enterprise the site belongs to, the top level of ISA-95.', 63),
    displayName: text('Name shown to people; the name of the resource if absent.', 128),
    timezone: {
      type: 'string',
      description: 'Time zone of the site, an IANA name. All times of the site are shown in it; days and shifts begin by it.',
      default: 'UTC',
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$',
      'x-kubeplant-pattern': 'an IANA time zone such as Europe/Berlin',
      'x-kubeplant-example': 'Europe/Berlin',
    },
    areas: {
      type: 'array',
      description: 'Areas of the site, a tree by path (ISA-95). Devices name the area they stand in.',
      maxItems: 500,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['path'],
      items: {
        type: 'object',
        description: 'An area.',
        required: ['path'],
        properties: {
          path: areaPath('Path of the area, segments joined by "/": generation/gen-001.'),
          displayName: text('Name shown to people; the last segment of the path if absent.', 128),
        },
      },
    },
    simulation: {
      type: 'string',
      description:
        'Whether Simulations may take over Devices of this site. Forbidden: a Simulation is Stalled and the real endpoints stay in use.',
      enum: ['Forbidden', 'Allowed'],
      default: 'Forbidden',
    },
    suspend,
  },
} as const satisfies StructuralSchema;
