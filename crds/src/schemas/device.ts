import { PRIORITIES } from '@kubeplant/words';
import { connection } from './connection.ts';
import { areaPath, duration, nameRef, resourceName, siteRef, suspend, text } from './fields.ts';
import type { StructuralSchema } from './structural.ts';
import { PARAMETER_PATTERN } from './tag-modbus.ts';
import { tagDefaults, tags } from './tag.ts';

const profileRef = {
  type: 'object',
  description: 'A DeviceProfile of the namespace whose tags this Device has; tags below override them by name, field by field.',
  required: ['name'],
  properties: {
    name: resourceName('Name of the DeviceProfile.'),
    parameters: {
      type: 'object',
      description: 'Values of the profile’s parameters, as text in quotes: {base: "100"}.',
      maxProperties: 64,
      additionalProperties: { type: 'string', description: 'Value of the parameter.', maxLength: 256 },
      'x-kubernetes-validations': [
        {
          rule: `self.all(key, size(key) <= 63 && key.matches('${PARAMETER_PATTERN}'))`,
          message: 'parameter names have at most 63 letters, digits and "_", and do not begin with a digit',
        },
      ],
    },
  },
} as const satisfies StructuralSchema;

/** `Device.spec`. */
export const deviceSpec = {
  type: 'object',
  description: 'The device as declared.',
  required: ['siteRef', 'connection'],
  properties: {
    siteRef,
    area: areaPath('Path of the area of the Site the device stands in.'),
    displayName: text('Name shown to people; the name of the resource if absent.', 128),
    designation: text('Reference designation, such as KKS (10MKA10). Searchable.', 64),
    mode: {
      type: 'string',
      description: 'Active: measured. Disabled: no connection is made; the tags are Bad with BadOutOfService and raise no alarm.',
      enum: ['Active', 'Disabled'],
      default: 'Active',
    },
    profileRef,
    collectorClassRef: {
      ...nameRef('The CollectorClass whose collectors hold this device.', 'Name of the CollectorClass.', 30),
      'x-kubeplant-default': 'the class named default, built in if there is none',
    },
    connection,
    communicationAlarm: {
      type: 'object',
      description: 'The built-in alarm that is raised when the device does not answer.',
      properties: {
        priority: {
          type: 'string',
          description: 'Priority of the alarm; None turns it off.',
          enum: ['None', ...PRIORITIES],
          'x-kubeplant-default': 'High',
        },
        onDelay: duration('How long the device must be silent before the alarm.', { max: '24h', builtIn: '30s' }),
      },
    },
    defaults: tagDefaults,
    tags,
    suspend,
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.tags) || self.connection.protocol == 'Calculated' || self.tags.all(name, !has(self.tags[name].expression))",
      message: 'expression goes with protocol Calculated only: read the tag by its modbus block, or move it to a Calculated Device',
      fieldPath: '.tags',
    },
    {
      rule: "!has(self.tags) || self.connection.protocol == 'ModbusTcp' || self.tags.all(name, !has(self.tags[name].modbus))",
      message: 'modbus goes with protocol ModbusTcp only; a Calculated Device has tags with an expression',
      fieldPath: '.tags',
    },
    {
      rule: "!has(self.communicationAlarm) || self.connection.protocol != 'Calculated'",
      message: 'a Calculated Device has no connection and therefore no communicationAlarm',
      fieldPath: '.communicationAlarm',
    },
    {
      rule: "!has(self.collectorClassRef) || self.connection.protocol != 'Calculated'",
      message: 'a Calculated Device needs no collector and therefore no collectorClassRef',
      fieldPath: '.collectorClassRef',
    },
  ],
} as const satisfies StructuralSchema;
