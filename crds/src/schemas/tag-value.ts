import { duration, historyClass } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

const number = (description: string) => ({ type: 'number', description }) as const;

/** Linear conversion. */
export const scale = {
  type: 'object',
  description:
    'Linear conversion of the raw value: either factor and offset (raw × factor + offset), or two points (rawLow becomes engLow, rawHigh becomes engHigh). Given here, it replaces that of the profile as a whole.',
  properties: {
    factor: number('The raw value is multiplied by this; 1 when only offset is given.'),
    offset: number('Added after the multiplication; 0 when only factor is given.'),
    rawLow: number('Raw value of the lower point.'),
    rawHigh: number('Raw value of the upper point.'),
    engLow: number('Engineering value of the lower point.'),
    engHigh: number('Engineering value of the upper point.'),
    clamp: { type: 'boolean', description: 'True limits the result to engLow … engHigh. Only with the four points.' },
  },
  'x-kubernetes-validations': [
    {
      rule: '[has(self.rawLow), has(self.rawHigh), has(self.engLow), has(self.engHigh)].all(given, given == has(self.rawLow))',
      message: 'rawLow, rawHigh, engLow and engHigh go together: give all four or none',
    },
    {
      rule: '(has(self.factor) || has(self.offset)) != (has(self.rawLow) || has(self.rawHigh) || has(self.engLow) || has(self.engHigh))',
      message: 'give either factor and offset, or the four points rawLow, rawHigh, engLow, engHigh',
    },
    {
      rule: '!has(self.factor) || self.factor != 0.0',
      message: 'factor must not be 0: every value would become the offset',
      fieldPath: '.factor',
    },
    {
      rule: '!has(self.rawLow) || !has(self.rawHigh) || self.rawLow < self.rawHigh',
      message: 'rawLow must be less than rawHigh',
      fieldPath: '.rawHigh',
    },
    {
      rule: '!has(self.clamp) || (!has(self.factor) && !has(self.offset))',
      message: 'clamp goes with the four points only',
      fieldPath: '.clamp',
    },
  ],
} as const satisfies StructuralSchema;

/** Plausible values. */
export const range = {
  type: 'object',
  description:
    'Range of plausible engineering values, and what happens to values outside. Given here, it replaces that of the profile as a whole.',
  properties: {
    low: number('Least plausible value.'),
    high: number('Greatest plausible value.'),
    outside: {
      type: 'string',
      description:
        'Keep: nothing. Uncertain: the value stays, its quality becomes UncertainEngineeringUnitsExceeded. Bad: no value, quality BadOutOfRange. Clamp: the value is set to the limit and flagged.',
      enum: ['Keep', 'Uncertain', 'Bad', 'Clamp'],
      'x-kubeplant-default': 'Keep',
    },
  },
  'x-kubernetes-validations': [
    { rule: 'has(self.low) || has(self.high)', message: 'give low, high or both' },
    { rule: '!has(self.low) || !has(self.high) || self.low < self.high', message: 'low must be less than high', fieldPath: '.high' },
  ],
} as const satisfies StructuralSchema;

/** Least change that is reported. */
export const deadband = {
  type: 'object',
  description:
    'Least change of the value that makes a new reading. A change of quality is always reported. Given here, it replaces that of the profile as a whole.',
  required: ['type'],
  properties: {
    type: {
      type: 'string',
      description:
        'None: every change. Absolute: value in the unit of the tag. Percent: value in percent of the range, which then needs low and high.',
      enum: ['None', 'Absolute', 'Percent'],
    },
    value: { type: 'number', description: 'The least change, 0 or more.', minimum: 0 },
  },
  'x-kubernetes-validations': [
    { rule: "(self.type == 'None') != has(self.value)", message: 'Absolute and Percent need value; None takes none', fieldPath: '.value' },
    {
      rule: "self.type != 'Percent' || !has(self.value) || self.value <= 100.0",
      message: 'a deadband in percent is at most 100',
      fieldPath: '.value',
    },
  ],
} as const satisfies StructuralSchema;

/** How values between two readings are meant. */
export const interpolation = {
  type: 'string',
  description: 'What holds between two readings: Linear (a straight line) or Step (the earlier value until the next).',
  enum: ['Linear', 'Step'],
  'x-kubeplant-default': 'Linear for Analog and Counter, Step for State and Text',
} as const satisfies StructuralSchema;

/** Running totals. */
export const counter = {
  type: 'object',
  description: 'How a Counter runs, for its increase over a time. Given here, it replaces that of the profile as a whole.',
  properties: {
    rollover: {
      type: 'number',
      description: 'Value at which the counter begins again at 0, such as 4294967296 for 32 bits; absent: it never does.',
      minimum: 1,
    },
    resets: {
      type: 'string',
      description:
        'What a fall means that is no rollover. Allowed: the counter was set to 0 and counts on from there. Forbidden: it is a discontinuity, over which no increase is counted.',
      enum: ['Allowed', 'Forbidden'],
      'x-kubeplant-default': 'Allowed',
    },
  },
} as const satisfies StructuralSchema;

/** What of a tag is stored. */
export const history = {
  type: 'object',
  description:
    'What of the readings is stored. It changes nothing about live values and alarms. Given here, it replaces that of the profile as a whole.',
  properties: {
    class: { ...historyClass('Retention class of the readings.'), 'x-kubeplant-default': 'historian.class of the Site' },
    mode: {
      type: 'string',
      description:
        'Sampled: every reading. OnChange: a reading that differs from the one stored last by more than deadband, or that changes the quality, or that comes maxInterval after it. None: nothing.',
      enum: ['Sampled', 'OnChange', 'None'],
      'x-kubeplant-default': 'Sampled',
    },
    deadband: { type: 'number', description: 'Least change that is stored with mode OnChange, in the unit of the tag.', minimum: 0 },
    maxInterval: duration('With mode OnChange a value that does not change is stored at least so often.', {
      min: '1s',
      max: '24h',
      builtIn: '15m',
    }),
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.deadband) || (has(self.mode) && self.mode == 'OnChange')",
      message: 'deadband goes with mode OnChange only',
      fieldPath: '.deadband',
    },
    {
      rule: "!has(self.maxInterval) || (has(self.mode) && self.mode == 'OnChange')",
      message: 'maxInterval goes with mode OnChange only',
      fieldPath: '.maxInterval',
    },
  ],
} as const satisfies StructuralSchema;

/** Names of the values of a State tag. */
export const states = {
  type: 'object',
  description:
    'Names of the values of a State tag, by value in quotes: {"0": Open, "1": Closed}. Given here, they replace those of the profile as a whole.',
  minProperties: 1,
  maxProperties: 64,
  'x-kubernetes-map-type': 'atomic',
  additionalProperties: { type: 'string', description: 'Name of the state.', minLength: 1, maxLength: 64 },
  'x-kubernetes-validations': [
    {
      rule: "self.all(key, key.matches('^(0|-?[1-9][0-9]{0,9})$'))",
      message: 'every key must be a whole number in quotes, such as "0" or "17"',
    },
  ],
} as const satisfies StructuralSchema;
