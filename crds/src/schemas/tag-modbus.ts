import type { StructuralSchema } from './structural.ts';

/** Parameter names of a profile. */
export const PARAMETER_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';

const register = {
  type: 'string',
  description: 'Table the value is in: Coil (function 1), DiscreteInput (2), Holding (3), Input (4).',
  enum: ['Coil', 'DiscreteInput', 'Input', 'Holding'],
  'x-kubeplant-default': 'Holding',
} as const satisfies StructuralSchema;

const byteOrder = {
  type: 'string',
  description:
    'Order of the bytes of values wider than a register, as sent: ABCD (big endian), CDAB (words swapped), BADC (bytes swapped in each word), DCBA (little endian). For one register only the bytes count: ABCD and CDAB are as the standard says, BADC and DCBA are swapped.',
  enum: ['ABCD', 'DCBA', 'BADC', 'CDAB'],
  'x-kubeplant-default': 'ABCD',
} as const satisfies StructuralSchema;

/** `tags.*.modbus`: where a value is and how it is coded. */
export const tagModbus = {
  type: 'object',
  description: 'Where the value is in a Modbus device and how it is coded. Fields left out come from the profile and from defaults.',
  properties: {
    register,
    address: {
      type: 'integer',
      format: 'int32',
      description:
        'Address of the first coil or register, counted from defaults.modbus.addressBase, without a table prefix (40001 is address 1 with base 1).',
      minimum: 0,
      maximum: 65536,
    },
    addressParameter: {
      type: 'string',
      description: 'Name of a parameter of the profile that is added to address.',
      minLength: 1,
      maxLength: 63,
      pattern: PARAMETER_PATTERN,
      'x-kubeplant-pattern': 'letters, digits and "_", not beginning with a digit',
    },
    rawType: {
      type: 'string',
      description:
        'Type of the value in the device. Boolean is a coil, a discrete input, one bit of a register (with bit) or a register that is not 0; Int8 and UInt8 are the low byte of a register; Bcd16 and Bcd32 are binary-coded decimals of 4 and 8 digits; String is ASCII, two characters a register.',
      enum: [
        'Boolean',
        'Int8',
        'UInt8',
        'Int16',
        'UInt16',
        'Int32',
        'UInt32',
        'Int64',
        'UInt64',
        'Float32',
        'Float64',
        'String',
        'Bcd16',
        'Bcd32',
      ],
      'x-kubeplant-default': 'Boolean for Coil, DiscreteInput and with bit; String for text; else UInt16',
    },
    byteOrder,
    bit: {
      type: 'integer',
      format: 'int32',
      description: 'Bit of the register that holds a Boolean, 0 is the least significant. Only for Input and Holding.',
      minimum: 0,
      maximum: 15,
    },
    length: { type: 'integer', format: 'int32', description: 'Length of a String in bytes.', minimum: 1, maximum: 250 },
    invalid: {
      type: 'array',
      description:
        'Raw values, in decimal, that the device sends when it has no value (32768 for 0x8000). They become Bad without a value.',
      maxItems: 16,
      'x-kubernetes-list-type': 'set',
      items: { type: 'integer', format: 'int64', description: 'A raw value.', minimum: -9007199254740991, maximum: 9007199254740991 },
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.register) || !has(self.rawType) || !(self.register in ['Coil', 'DiscreteInput']) || self.rawType == 'Boolean'",
      message: 'coils and discrete inputs are single bits: rawType must be Boolean',
      fieldPath: '.rawType',
    },
    {
      rule: "!has(self.bit) || !has(self.register) || self.register in ['Input', 'Holding']",
      message: 'bit is a bit of a register; it goes with register Input or Holding only',
      fieldPath: '.bit',
    },
    {
      rule: "!has(self.bit) || !has(self.rawType) || self.rawType == 'Boolean'",
      message: 'bit goes with rawType Boolean only',
      fieldPath: '.bit',
    },
    {
      rule: "!has(self.length) || !has(self.rawType) || self.rawType == 'String'",
      message: 'length goes with rawType String only',
      fieldPath: '.length',
    },
  ],
} as const satisfies StructuralSchema;

/** `defaults.modbus`: what tags have in common. */
export const defaultsModbus = {
  type: 'object',
  description: 'Modbus settings of all tags that do not say otherwise.',
  properties: {
    register,
    addressBase: {
      type: 'integer',
      format: 'int32',
      description: 'What the first address is called in the documentation of the device: 0 (as on the wire) or 1.',
      enum: [0, 1],
      'x-kubeplant-default': '0',
    },
    byteOrder,
  },
} as const satisfies StructuralSchema;
