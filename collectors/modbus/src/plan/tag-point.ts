import type { EffectiveDevice, EffectiveModbus, EffectiveTag } from '@kubeplant/crds/model';
import { LIMITS, type ReadFunction } from '../codec/function-code.ts';
import type { ValueDecoder } from '../values/decode-value.ts';
import { registerCount } from '../values/register-count.ts';

/** A tag as the planner sees it: `count` items of one table from `start` on the wire. */
export interface TagPoint {
  readonly tag: string;
  readonly function: ReadFunction;
  readonly start: number;
  readonly count: number;
  readonly decode: ValueDecoder;
}

const FUNCTIONS: Readonly<Record<EffectiveModbus['register'], ReadFunction>> = { Coil: 1, DiscreteInput: 2, Holding: 3, Input: 4 };

/** Point of a tag, or why it has none. Messages name the field and what to do. */
export function toTagPoint(
  device: EffectiveDevice,
  tag: EffectiveTag,
  decoderOf: (modbus: EffectiveModbus) => ValueDecoder,
): { kind: 'point'; point: TagPoint } | { kind: 'unreadable'; message: string } {
  const { modbus } = tag;
  const path = `tags.${tag.name}.modbus`;
  const no = (message: string) => ({ kind: 'unreadable', message }) as const;
  if (modbus === undefined) return no(`${path}: missing; say which register holds the value`);
  const bits = modbus.register === 'Coil' || modbus.register === 'DiscreteInput';
  if (bits && modbus.rawType !== 'Boolean')
    return no(`${path}.rawType: ${modbus.rawType} cannot be read from a ${modbus.register}; use Boolean`);
  if (modbus.bit !== undefined && modbus.rawType !== 'Boolean')
    return no(`${path}.bit: only a Boolean is a bit of a register; rawType is ${modbus.rawType}`);
  const count = registerCount(modbus);
  if (count < 1) return no(`${path}.length: a String needs its length in bytes (1…${LIMITS.readRegisters * 2})`);
  const most = Math.min(LIMITS.readRegisters, device.modbusTcp?.maxRegistersPerRead ?? LIMITS.readRegisters);
  if (!bits && count > most)
    return no(`${path}: takes ${count} registers, more than the ${most} of one read; a value is never split over reads`);
  const start = modbus.address - modbus.addressBase;
  if (start < 0 || start + count > 65_536)
    return no(`${path}.address: ${modbus.address} with addressBase ${modbus.addressBase} and ${count} registers is outside 0…65535`);
  return { kind: 'point', point: { tag: tag.name, function: FUNCTIONS[modbus.register], start, count, decode: decoderOf(modbus) } };
}
