import { TAG_NAME_PATTERN } from '@kubeplant/words';
import { duration, resourceName, text } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

const number = (description: string) => ({ type: 'number', description }) as const;
const period = duration('Length of one period.', { min: '10ms', max: '720h' });
const ordered = [{ rule: 'self.low < self.high', message: 'low must be less than high', fieldPath: '.high' }] as const;

const sine = {
  type: 'object',
  description: 'A sine wave.',
  required: ['mean', 'amplitude', 'period'],
  properties: {
    mean: number('Middle of the wave.'),
    amplitude: { ...number('Greatest distance from the middle.'), minimum: 0 },
    period,
    phase: {
      ...number('Where in the period the wave begins: 0 at the middle going up, 0.25 at the top.'),
      minimum: 0,
      maximum: 1,
      'x-kubeplant-default': '0',
    },
  },
} as const satisfies StructuralSchema;

const ramp = {
  type: 'object',
  description: 'A saw tooth: from low to high within a period, then again from low.',
  required: ['low', 'high', 'period'],
  properties: { low: number('Value at the begin of a period.'), high: number('Value at its end.'), period },
  'x-kubernetes-validations': ordered,
} as const satisfies StructuralSchema;

const square = {
  type: 'object',
  description: 'A square wave: high, then low.',
  required: ['low', 'high', 'period'],
  properties: {
    low: number('The lower value.'),
    high: number('The upper value.'),
    period,
    dutyCycle: { ...number('Part of the period the value is high.'), minimum: 0, maximum: 1, 'x-kubeplant-default': '0.5' },
  },
  'x-kubernetes-validations': ordered,
} as const satisfies StructuralSchema;

const randomWalk = {
  type: 'object',
  description: 'A random walk between two bounds.',
  required: ['start', 'step', 'low', 'high'],
  properties: {
    start: number('First value.'),
    step: { ...number('Greatest change in one step.'), minimum: 0 },
    low: number('Lower bound.'),
    high: number('Upper bound.'),
  },
  'x-kubernetes-validations': [
    ...ordered,
    { rule: 'self.start >= self.low && self.start <= self.high', message: 'start must lie between low and high', fieldPath: '.start' },
  ],
} as const satisfies StructuralSchema;

const follow = {
  type: 'object',
  description: 'Follows another simulated tag with a first-order lag: other × factor + offset.',
  required: ['tag'],
  properties: {
    device: { ...resourceName('Device of the other tag.'), 'x-kubeplant-default': 'the same Device' },
    tag: {
      type: 'string',
      description: 'The tag to follow.',
      minLength: 1,
      maxLength: 128,
      pattern: `^${TAG_NAME_PATTERN}$`,
      'x-kubeplant-pattern': 'a tag name: letters, digits and "_.+=:-", not beginning with a sign',
    },
    timeConstant: duration('Time in which 63 % of a change is followed; 0s follows at once.', { max: '24h', builtIn: '0s' }),
    factor: { ...number('The other value is multiplied by this.'), 'x-kubeplant-default': '1' },
    offset: { ...number('Added after the multiplication.'), 'x-kubeplant-default': '0' },
  },
} as const satisfies StructuralSchema;

/** One signal of a Simulation: exactly one source. */
export const signal = {
  type: 'object',
  description:
    'How one tag behaves: exactly one of constant, sine, ramp, square, randomWalk, follow and expression, in engineering values.',
  required: ['tag'],
  properties: {
    tag: {
      type: 'string',
      description: 'Name of the tag.',
      minLength: 1,
      maxLength: 128,
      pattern: `^${TAG_NAME_PATTERN}$`,
      'x-kubeplant-pattern': 'a tag name: letters, digits and "_.+=:-", not beginning with a sign',
    },
    noise: { ...number('Standard deviation of normally distributed noise that is added.'), minimum: 0, 'x-kubeplant-default': '0' },
    constant: number('Always this value.'),
    sine,
    ramp,
    square,
    randomWalk,
    follow,
    expression: {
      ...text(
        'CEL expression, computed at each step. tag(device, tag) and tag(tag) read other simulated tags, previous is the last value of this one, dt the step and time the time since the start, both in seconds.',
        1024,
      ),
      'x-kubeplant-example': "previous + (tag('inflow') - tag('outflow')) * dt / 120.0",
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '[has(self.constant), has(self.sine), has(self.ramp), has(self.square), has(self.randomWalk), has(self.follow), has(self.expression)].filter(given, given).size() == 1',
      message: 'give exactly one of constant, sine, ramp, square, randomWalk, follow, expression',
    },
  ],
} as const satisfies StructuralSchema;
