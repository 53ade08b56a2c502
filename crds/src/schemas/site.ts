import { areaPath, byteSize, duration, historyClass, retentionSpan, suspend, text } from './fields.ts';
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
    dayStart: {
      type: 'string',
      description:
        'Time of day, in the time zone of the site, at which its day begins: daily figures run from here to the same time of the next day.',
      default: '00:00',
      maxLength: 5,
      pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
      'x-kubeplant-pattern': 'a time of day such as 06:00',
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
    historian: {
      type: 'object',
      description: 'How long history is kept.',
      properties: {
        class: {
          ...historyClass('Retention class of the readings of tags that do not say otherwise.'),
          'x-kubeplant-default': 'standard',
        },
        eventRetention: {
          ...retentionSpan('How long events and the alarm journal are kept.'),
          'x-kubeplant-default': '5y',
        },
      },
    },
    buffering: {
      type: 'object',
      description: 'What the collectors of the site keep on disk until it is committed, for when the api or the database is away.',
      properties: {
        maxAge: duration(
          'Age at which readings that were never committed are given up; the oldest go first and leave a gap. At most 30 days.',
          {
            min: '1m',
            max: '720h',
            builtIn: '72h',
          },
        ),
        maxSize: {
          ...byteSize('Most disk space of one collector; the oldest readings go first and leave a gap.'),
          'x-kubeplant-default': '2Gi',
        },
        syncInterval: duration('How often written readings are made safe against a loss of power.', {
          min: '10ms',
          max: '1m',
          builtIn: '1s',
        }),
      },
    },
    suspend,
  },
} as const satisfies StructuralSchema;
