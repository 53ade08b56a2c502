import type { EffectiveModbus } from '@kubeplant/crds/model';

const WORDS: Readonly<Record<Exclude<EffectiveModbus['rawType'], 'String'>, number>> = {
  Boolean: 1,
  Int8: 1,
  UInt8: 1,
  Int16: 1,
  UInt16: 1,
  Bcd16: 1,
  Int32: 2,
  UInt32: 2,
  Float32: 2,
  Bcd32: 2,
  Int64: 4,
  UInt64: 4,
  Float64: 4,
};

/** Registers (or, for coils and discrete inputs, bits: always one) a value takes. */
export function registerCount(modbus: Pick<EffectiveModbus, 'register' | 'rawType' | 'length'>): number {
  if (modbus.register === 'Coil' || modbus.register === 'DiscreteInput') return 1;
  return modbus.rawType === 'String' ? Math.ceil((modbus.length ?? 0) / 2) : WORDS[modbus.rawType];
}
