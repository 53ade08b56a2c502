import type { EffectiveModbus } from '@kubeplant/crds/model';
import { defined } from './defined.ts';
import type { FindingSink } from './findings.ts';
import type { MergedTag } from './layers.ts';
import type { Parameters } from './parameters.ts';

/** Where a tag is said to be and how messages name it. */
export interface TagContext {
  readonly field: string;
  readonly parameters: Parameters;
  readonly findings: FindingSink;
}

/** The Modbus block with every default filled in; undefined when it cannot be used (a finding says why). */
export function effectiveModbus(tag: MergedTag, context: TagContext): EffectiveModbus | undefined {
  const modbus = tag.modbus ?? {};
  const register = modbus.register ?? 'Holding';
  const isBit = register === 'Coil' || register === 'DiscreteInput';
  const rawType = modbus.rawType ?? defaultRawType(isBit || modbus.bit !== undefined, tag);
  const addressBase = modbus.addressBase ?? 0;
  const address = resolveAddress(tag, addressBase, context);
  if (address === undefined) return undefined;
  const problem = describeMisfit({ register, isBit, rawType, bit: modbus.bit, length: modbus.length });
  if (problem !== undefined) {
    context.findings.error('TagTypeMismatch', `${context.field}.modbus.${problem.field}`, problem.message);
    return undefined;
  }
  return defined({
    register,
    address,
    addressBase,
    rawType,
    byteOrder: modbus.byteOrder ?? 'ABCD',
    bit: modbus.bit,
    length: modbus.length,
    invalid: modbus.invalid,
  });
}

function resolveAddress(tag: MergedTag, base: 0 | 1, { field, parameters, findings }: TagContext): number | undefined {
  const { address, addressParameter } = tag.modbus ?? {};
  if (address === undefined && addressParameter === undefined) {
    findings.error(
      'AddressMissing',
      `${field}.modbus.address`,
      'No address in the Device, its profile or their defaults. Set modbus.address.',
    );
    return undefined;
  }
  const offset = addressParameter === undefined ? 0 : parameterNumber(addressParameter, { field, parameters, findings });
  if (offset === undefined) return undefined;
  const sum = (address ?? 0) + offset;
  if (sum >= base && sum <= 65_535 + base) return sum;
  const range = `${base}…${65_535 + base}`;
  findings.error(
    'AddressOutOfRange',
    `${field}.modbus.address`,
    `Address ${sum} is outside ${range} (addressBase ${base}). Correct the address or its parameter.`,
  );
  return undefined;
}

function parameterNumber(name: string, { field, parameters, findings }: TagContext): number | undefined {
  const text = parameters.values.get(name);
  if (text !== undefined && /^-?[0-9]{1,9}$/.test(text)) return Number(text);
  const found = text === undefined ? 'has no value' : `is "${text}", not a whole number`;
  findings.error(
    'ParameterUnset',
    `${field}.modbus.addressParameter`,
    `Parameter "${name}" ${found}. Set spec.profileRef.parameters.${name} to a whole number.`,
  );
  return undefined;
}

interface Shape {
  readonly register: EffectiveModbus['register'];
  readonly isBit: boolean;
  readonly rawType: EffectiveModbus['rawType'];
  readonly bit: number | undefined;
  readonly length: number | undefined;
}

function describeMisfit({ register, isBit, rawType, bit, length }: Shape): { field: string; message: string } | undefined {
  if (isBit && rawType !== 'Boolean')
    return {
      field: 'rawType',
      message: `${register} holds single bits, rawType is ${rawType}. Use Boolean, or an Input or Holding register.`,
    };
  if (isBit && bit !== undefined) return { field: 'bit', message: `${register} has no bits to choose from. Remove bit.` };
  if (bit !== undefined && rawType !== 'Boolean')
    return { field: 'bit', message: `bit ${bit} needs rawType Boolean, not ${rawType}. Remove bit or change rawType.` };
  if (rawType === 'String' && length === undefined)
    return { field: 'length', message: 'A String needs its length in bytes. Set modbus.length.' };
  return undefined;
}

function defaultRawType(isBoolean: boolean, tag: MergedTag): EffectiveModbus['rawType'] {
  if (isBoolean) return 'Boolean';
  return tag.dataType === 'String' || tag.kind === 'Text' ? 'String' : 'UInt16';
}
