import { encodeValue, type RegisterImage, registerCount, type Table } from '@kubeplant/collector-modbus';
import type { EffectiveDevice, EffectiveModbus } from '@kubeplant/crds/model';
import { toRaw } from './to-raw.ts';

const TABLES: Readonly<Record<EffectiveModbus['register'], Table>> = { Coil: 1, DiscreteInput: 2, Holding: 3, Input: 4 };

/** Write the engineering values of a device's tags into an image, as its register map declares them. What no tag declares stays an illegal address. */
export function fillImage(image: RegisterImage, device: EffectiveDevice, signalOf: (tag: string) => number | undefined): void {
  for (const tag of device.tags) {
    const { modbus } = tag;
    if (modbus === undefined) continue;
    const table = TABLES[modbus.register];
    const start = modbus.address - modbus.addressBase;
    const count = registerCount(modbus);
    if (start < 0 || count < 1 || start + count > 65_536) continue;
    const value = modbus.rawType === 'String' ? device.name : toRaw(tag, signalOf(tag.name));
    image.set(table, start, encodeValue(modbus, value, image.get(table, start, count)));
  }
}
