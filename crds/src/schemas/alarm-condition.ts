import { PRIORITIES } from '@kubeplant/words';
import { duration, text } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

/** Priority of an alarm. */
export const priority = {
  type: 'string',
  description: 'Journal (recorded, never announced), Low, Medium, High or Critical.',
  enum: PRIORITIES,
} as const satisfies StructuralSchema;

const limit = (description: string) =>
  ({
    type: 'object',
    description,
    required: ['value'],
    properties: {
      value: { type: 'number', description: 'The limit, in the unit of the tag.' },
      priority: { ...priority, 'x-kubeplant-default': 'priority of the rule' },
      onDelay: duration('How long the limit must be exceeded before the alarm.', { max: '24h', builtIn: 'onDelay of the rule' }),
      deadband: {
        type: 'number',
        description: 'How far the value must return before the alarm clears.',
        minimum: 0,
        'x-kubeplant-default': 'deadband of the rule',
      },
      message: {
        ...text('Text of the alarm, with the placeholders of the rule’s message.', 512),
        'x-kubeplant-default': 'message of the rule',
      },
    },
  }) as const satisfies StructuralSchema;

const PAIRS = [
  ['lowLow', 'low'],
  ['lowLow', 'high'],
  ['lowLow', 'highHigh'],
  ['low', 'high'],
  ['low', 'highHigh'],
  ['high', 'highHigh'],
] as const;

const limits = {
  type: 'object',
  description: 'Alarm limits; each that is given is an alarm of its own.',
  properties: {
    mode: {
      type: 'string',
      description: 'Exclusive: of several limits exceeded at once only the outermost is active. NonExclusive: all of them are.',
      enum: ['Exclusive', 'NonExclusive'],
      default: 'Exclusive',
    },
    highHigh: limit('Alarm when the value is above this, the outer upper limit.'),
    high: limit('Alarm when the value is above this.'),
    low: limit('Alarm when the value is below this.'),
    lowLow: limit('Alarm when the value is below this, the outer lower limit.'),
  },
  'x-kubernetes-validations': [
    {
      rule: 'has(self.highHigh) || has(self.high) || has(self.low) || has(self.lowLow)',
      message: 'give at least one of highHigh, high, low, lowLow',
    },
    ...PAIRS.map(([lower, upper]) => ({
      rule: `!has(self.${lower}) || !has(self.${upper}) || self.${lower}.value < self.${upper}.value`,
      message: `limits must be in order: ${lower} must be less than ${upper}`,
      fieldPath: `.${upper}`,
    })),
  ],
} as const satisfies StructuralSchema;

const stateList = (description: string) =>
  ({
    type: 'array',
    description,
    minItems: 1,
    maxItems: 64,
    'x-kubernetes-list-type': 'set',
    items: { type: 'string', description: 'Name of a state, its number in quotes, or a text.', minLength: 1, maxLength: 64 },
  }) as const satisfies StructuralSchema;

/** `AlarmRule.spec.condition`. */
export const alarmCondition = {
  type: 'object',
  description: 'What makes an alarm. type says which block holds the details.',
  required: ['type'],
  properties: {
    type: {
      type: 'string',
      description:
        'Limit: the value exceeds a limit. Discrete: the value is one of certain states. Stale: no reading for some time. Quality: the quality is Bad.',
      enum: ['Limit', 'Discrete', 'Stale', 'Quality'],
    },
    limit: limits,
    discrete: {
      type: 'object',
      description: 'States that alarm, or the normal ones: give either list.',
      properties: { alarm: stateList('Any of these states is an alarm.'), normal: stateList('Any state but these is an alarm.') },
      'x-kubernetes-validations': [{ rule: 'has(self.alarm) != has(self.normal)', message: 'give either alarm or normal' }],
    },
    stale: {
      type: 'object',
      description: 'How old the last reading may get.',
      required: ['after'],
      properties: { after: duration('Age of the last reading at which the alarm is raised.', { min: '100ms', max: '720h' }) },
    },
    quality: { type: 'object', description: 'Block of type Quality; it has no settings and may be left out.', maxProperties: 0 },
  },
  'x-kubernetes-validations': [
    {
      rule: "has(self.limit) == (self.type == 'Limit')",
      message: 'limit is required with type Limit, and forbidden with any other',
      fieldPath: '.limit',
    },
    {
      rule: "has(self.discrete) == (self.type == 'Discrete')",
      message: 'discrete is required with type Discrete, and forbidden with any other',
      fieldPath: '.discrete',
    },
    {
      rule: "has(self.stale) == (self.type == 'Stale')",
      message: 'stale is required with type Stale, and forbidden with any other',
      fieldPath: '.stale',
    },
    { rule: "!has(self.quality) || self.type == 'Quality'", message: 'quality goes with type Quality only', fieldPath: '.quality' },
  ],
} as const satisfies StructuralSchema;
