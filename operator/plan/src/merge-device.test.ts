import { describe, expect, it } from 'vitest';
import { mergeDevice } from './merge-device.ts';
import { device, profile, tag } from './plan-fixtures.ts';

const meter = profile('meter', {
  parameters: [
    { name: 'base', required: true },
    { name: 'name', default: 'Meter' },
  ],
  defaults: { samplingInterval: '10s', modbus: { register: 'Input', addressBase: 1, byteOrder: 'CDAB' } },
  tags: {
    power: { unit: 'kW', description: '$(name) power', modbus: { address: 10, addressParameter: 'base', rawType: 'Float32' } },
    energy: { modbus: { address: 20, rawType: 'UInt32' } },
  },
});

const merged = (spec: Parameters<typeof device>[1]) => mergeDevice(device('m1', spec), meter);
const bare = (spec: Parameters<typeof device>[1]) => mergeDevice(device('m1', spec), undefined);
const tagOf = (result: ReturnType<typeof merged>, name: string) => result.effective?.tags.find((item) => item.name === name);

describe('mergeDevice', () => {
  it('takes each field from the most specific layer that has it', () => {
    const result = merged({
      profileRef: { name: 'meter', parameters: { base: '100' } },
      defaults: { samplingInterval: '2s', modbus: { byteOrder: 'BADC' } },
      tags: { power: { unit: 'MW' } },
    });
    expect(result.findings).toEqual([]);
    expect(tagOf(result, 'power')).toEqual({
      name: 'power',
      description: 'Meter power',
      kind: 'Analog',
      dataType: 'Float64',
      unit: 'MW',
      samplingInterval: '2s',
      staleAfter: '6s',
      modbus: { register: 'Input', address: 110, addressBase: 1, rawType: 'Float32', byteOrder: 'BADC' },
      deadband: { type: 'None', value: 0 },
    });
    expect(result.effective?.tags.map(({ name }) => name)).toEqual(['energy', 'power']);
  });

  it.each([
    [
      'a Boolean coil',
      { modbus: { address: 1, register: 'Coil' as const } },
      { kind: 'State', dataType: 'Boolean', modbus: { rawType: 'Boolean' } },
    ],
    ['a bit of a register', { modbus: { address: 1, bit: 3 } }, { dataType: 'Boolean', modbus: { rawType: 'Boolean', bit: 3 } }],
    ['a text', { dataType: 'String' as const, modbus: { address: 1, length: 8 } }, { kind: 'Text', modbus: { rawType: 'String' } }],
    ['a state', { states: { '1': 'Run', '0': 'Stop' }, modbus: { address: 1 } }, { kind: 'State', states: { '0': 'Stop', '1': 'Run' } }],
    ['a slow tag', { samplingInterval: '1m', modbus: { address: 1 } }, { staleAfter: '3m' }],
    ['a range', { range: { low: 0 }, modbus: { address: 1 } }, { range: { low: 0, outside: 'Keep' } }],
  ])('fills in what %s does not say', (_title, declared, expected) => {
    expect(tagOf(bare({ tags: { x: declared } }), 'x')).toMatchObject(expected);
  });

  it.each([
    ['no address anywhere', { modbus: {} }, 'AddressMissing'],
    ['an address beyond the table', { modbus: { address: 65_536 } }, 'AddressOutOfRange'],
    ['a parameter without a profile', { modbus: { address: 1, addressParameter: 'base' } }, 'ParameterUnset'],
    ['a text without length', { dataType: 'String' as const, modbus: { address: 1 } }, 'TagTypeMismatch'],
    ['a number in a coil', { modbus: { address: 1, register: 'Coil' as const, rawType: 'UInt16' as const } }, 'TagTypeMismatch'],
  ])('leaves out a tag with %s and keeps the others', (_title, broken, reason) => {
    const result = bare({ tags: { broken, fine: tag(1) } });
    expect(result.findings).toMatchObject([{ severity: 'Error', reason }]);
    expect(result.effective?.tags.map(({ name }) => name)).toEqual(['fine']);
  });

  it('does not apply a device whose profile lacks a required parameter', () => {
    const result = merged({ profileRef: { name: 'meter' } });
    expect(result.effective).toBeUndefined();
    expect(result.findings).toMatchObject([{ reason: 'ParameterUnset', field: 'spec.profileRef.parameters.base' }]);
  });

  it('keeps the tag of the Device where one of the profile differs only by case', () => {
    const result = merged({ profileRef: { name: 'meter', parameters: { base: '0' } }, tags: { Power: tag(1) } });
    expect(result.findings).toMatchObject([{ reason: 'TagNameCase', field: 'spec.tags.power' }]);
    expect(result.effective?.tags.map(({ name }) => name)).toEqual(['Power', 'energy']);
  });

  it('gives the same revision to the same content and another to any change, but not to a new uid', () => {
    const revision = (spec: Parameters<typeof device>[1], uid = 'a') =>
      mergeDevice(device('m1', spec, { uid }), undefined).effective?.revision;
    expect(revision({})).toMatch(/^[0-9a-f]{12}$/);
    expect(revision({}, 'b')).toBe(revision({}));
    expect(revision({ tags: { level: tag(1) } })).not.toBe(revision({}));
  });

  it('sends every change where a percentage has no range to be of', () => {
    const result = bare({ tags: { level: tag(0, { deadband: { type: 'Percent', value: 1 } }) } });
    expect(tagOf(result, 'level')?.deadband).toEqual({ type: 'None', value: 0 });
    expect(result.findings).toMatchObject([{ severity: 'Warning', reason: 'RangeMissing' }]);
  });
});
