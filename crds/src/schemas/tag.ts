import { DATA_TYPES, DURATION_PATTERN, TAG_KINDS, TAG_NAME_PATTERN } from '@kubeplant/words';
import { duration, text } from './fields.ts';
import type { StructuralSchema, TextSchema } from './structural.ts';
import { defaultsModbus, tagModbus } from './tag-modbus.ts';
import { counter, deadband, history, interpolation, range, scale, states } from './tag-value.ts';

const samplingInterval = duration('How often the value is read.', { min: '10ms', max: '24h', builtIn: '1s' });

const staleAfter: TextSchema = {
  type: 'string',
  description:
    'Age at which the last value counts as stale: a duration from 100ms to 720h, Auto (three sampling intervals, at least 5s; Off for calculated tags), or Off (never).',
  maxLength: 16,
  pattern: `^(Auto|Off|${DURATION_PATTERN})$`,
  'x-kubeplant-pattern': 'Auto, Off, or a duration such as 30s',
  'x-kubeplant-default': 'Auto',
  'x-kubernetes-validations': [
    {
      rule: "self in ['Auto', 'Off'] || (duration(self) >= duration('100ms') && duration(self) <= duration('720h'))",
      message: 'must be Auto, Off, or a duration from 100ms to 720h',
    },
  ],
};

/** One tag of a Device or a DeviceProfile. */
export const tag = {
  type: 'object',
  description:
    'A value of the device. Fields left out come from the Device’s defaults, then the tag of that name in the profile, then the profile’s defaults.',
  properties: {
    description: text('What the value is, for people.', 256),
    designation: text('Reference designation, such as KKS or ISA-5.1 (10MKA10CE001, FIC-101). Searchable.', 64),
    kind: {
      type: 'string',
      description: 'What the value means: Analog (a measured quantity), State (one of several states), Counter (a running total), Text.',
      enum: TAG_KINDS,
      'x-kubeplant-default': 'Text for dataType String, State for Boolean or with states, else Analog',
    },
    dataType: {
      type: 'string',
      description: 'Type of the value after conversion.',
      enum: DATA_TYPES,
      'x-kubeplant-default': 'String for rawType String or kind Text, Boolean for rawType Boolean, else Float64',
    },
    unit: text('Engineering unit, as shown: kW, m³/h, °C.', 32),
    samplingInterval,
    staleAfter,
    modbus: tagModbus,
    expression: {
      ...text(
        'CEL expression that computes the value; only in a Device with protocol Calculated. tag(device, tag) and tag(tag) read other tags of the site.',
        1024,
      ),
      'x-kubeplant-example': "tag('pump-1', 'power') + tag('pump-2', 'power')",
    },
    scale,
    range,
    states,
    deadband,
    counter,
    interpolation,
    history,
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.expression) || !has(self.modbus)',
      message: 'a tag is either read (modbus) or calculated (expression), not both',
      fieldPath: '.expression',
    },
    {
      rule: '!has(self.expression) || (!has(self.scale) && !has(self.samplingInterval))',
      message:
        'a calculated tag takes no scale and no samplingInterval: put the arithmetic into the expression; it is computed whenever an input changes',
      fieldPath: '.expression',
    },
    {
      rule: "!has(self.kind) || !has(self.dataType) || (self.kind == 'Text') == (self.dataType == 'String')",
      message: 'kind Text goes with dataType String, and only with it',
      fieldPath: '.dataType',
    },
    {
      rule: "!has(self.modbus) || !has(self.modbus.rawType) || !has(self.dataType) || (self.modbus.rawType == 'String') == (self.dataType == 'String')",
      message: 'dataType String goes with modbus.rawType String, and only with it',
      fieldPath: '.dataType',
    },
    {
      rule: "!has(self.dataType) || self.dataType != 'String' || (!has(self.scale) && !has(self.range) && !has(self.states) && !has(self.deadband) && !has(self.counter) && !has(self.interpolation))",
      message: 'text takes no scale, range, states, deadband, counter or interpolation',
      fieldPath: '.dataType',
    },
    {
      rule: "!has(self.states) || !has(self.kind) || self.kind == 'State'",
      message: 'states go with kind State only',
      fieldPath: '.states',
    },
    {
      rule: "!has(self.counter) || !has(self.kind) || self.kind == 'Counter'",
      message: 'counter goes with kind Counter only',
      fieldPath: '.counter',
    },
  ],
} as const satisfies StructuralSchema;

/** A map of tags by name. */
export const tags = {
  type: 'object',
  description:
    'Tags by name. A name has at most 128 letters, digits and "_.+=:-", does not start with a sign, and keeps its case. At most 500.',
  maxProperties: 500,
  additionalProperties: tag,
  'x-kubernetes-map-type': 'atomic',
  'x-kubernetes-validations': [
    {
      rule: `self.all(name, name.matches('^${TAG_NAME_PATTERN}$'))`,
      message: 'tag names have at most 128 letters, digits and "_.+=:-", and begin with a letter, a digit or "_"',
      messageExpression: `'tag name "' + self.filter(name, !name.matches('^${TAG_NAME_PATTERN}$'))[0] + '" must have at most 128 letters, digits and "_.+=:-", and begin with a letter, a digit or "_"'`,
    },
  ],
} as const satisfies StructuralSchema;

/** What the tags of a Device or a DeviceProfile have in common. */
export const tagDefaults = {
  type: 'object',
  description:
    'Settings of all tags that do not say otherwise. Those of a Device go before those of its profile, and before the profile’s tags.',
  properties: { samplingInterval, staleAfter, modbus: defaultsModbus },
} as const satisfies StructuralSchema;
