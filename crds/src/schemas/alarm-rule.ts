import { TAG_NAME_PATTERN } from '@kubeplant/words';
import { alarmCondition, priority } from './alarm-condition.ts';
import { duration, nameRef, siteRef, suspend, text } from './fields.ts';
import { labelSelector } from './label-selector.ts';
import type { StructuralSchema } from './structural.ts';

const tagName = (description: string) =>
  ({
    type: 'string',
    description,
    minLength: 1,
    maxLength: 128,
    pattern: `^${TAG_NAME_PATTERN}$`,
    'x-kubeplant-pattern': 'a tag name: letters, digits and "_.+=:-", not beginning with a sign',
  }) as const satisfies StructuralSchema;

const selector = {
  type: 'object',
  description: 'Which tags to watch: the named tags of every Device that the label selector matches.',
  required: ['devices', 'tags'],
  properties: {
    devices: labelSelector,
    tags: {
      type: 'array',
      description: 'Names of the tags to watch.',
      minItems: 1,
      maxItems: 100,
      'x-kubernetes-list-type': 'set',
      items: tagName('Name of a tag.'),
    },
  },
} as const satisfies StructuralSchema;

/** `AlarmRule.spec`. */
export const alarmRuleSpec = {
  type: 'object',
  description: 'The rule as declared. Live alarms are rows in the database, seen in the console and through the api.',
  required: ['siteRef', 'condition'],
  properties: {
    siteRef,
    selector,
    deviceRef: nameRef('The one Device to watch; with tag, instead of selector.', 'Name of the Device.'),
    tag: tagName('The tag of deviceRef to watch.'),
    condition: alarmCondition,
    deadband: {
      type: 'number',
      description: 'How far the value must return before an alarm clears, for limits that do not say.',
      minimum: 0,
      'x-kubeplant-default': '0',
    },
    onDelay: { ...duration('How long the condition must hold before the alarm.', { max: '24h' }), default: '0s' },
    offDelay: { ...duration('How long the condition must be gone before the alarm clears.', { max: '24h' }), default: '0s' },
    onBadQuality: {
      type: 'string',
      description: 'What a Bad reading does. Hold: the alarm stays as it is. Alarm: it counts as the condition being met.',
      enum: ['Hold', 'Alarm'],
      default: 'Hold',
    },
    acknowledge: {
      type: 'string',
      description: 'Required: the alarm stays in the list until somebody has acknowledged it. NotRequired: it goes when it clears.',
      enum: ['Required', 'NotRequired'],
      default: 'Required',
    },
    priority: { ...priority, description: `${priority.description} Limits may have their own.`, default: 'Medium' },
    message: {
      ...text('Text of the alarm. $(device), $(tag), $(value), $(unit) and $(limit) are replaced.', 512),
      'x-kubeplant-default': 'made from the condition',
      'x-kubeplant-example': '$(device) $(tag) is $(value) $(unit)',
    },
    consequence: text('What happens if nobody acts. Shown beside the alarm.', 2048),
    correctiveAction: text('What the operator should do. Shown beside the alarm.', 2048),
    responseTime: duration('How soon the operator must act. Shown beside the alarm.', { min: '1s', max: '720h' }),
    rationale: text('Why this alarm exists, from the rationalization. Shown beside the alarm.', 2048),
    suspend,
  },
  'x-kubernetes-validations': [
    { rule: 'has(self.selector) != has(self.deviceRef)', message: 'give either selector, or deviceRef with tag' },
    { rule: 'has(self.deviceRef) == has(self.tag)', message: 'deviceRef and tag go together', fieldPath: '.tag' },
    {
      rule: "!has(self.deadband) || self.condition.type == 'Limit'",
      message: 'deadband goes with type Limit only',
      fieldPath: '.deadband',
    },
  ],
} as const satisfies StructuralSchema;
