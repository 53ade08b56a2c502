import type { RawReading } from '@kubeplant/collector-core';
import { isBitFunction } from '../codec/function-code.ts';
import type { PlannedRead } from '../plan/plan-reads.ts';

/** Readings of an answered read. Modbus carries no time: core puts its own. */
export function toReadings(device: string, read: PlannedRead, data: Uint8Array): RawReading[] {
  const itemBytes = isBitFunction(read.function) ? 1 : 2;
  return read.points.map((point) => {
    const { value, status, flags } = point.decode(data, (point.start - read.start) * itemBytes);
    return { device, tag: point.tag, value, status, flags };
  });
}

/** Bad readings of all tags of a read. */
export const toBadReadings = (device: string, read: Pick<PlannedRead, 'points'>, status: number): RawReading[] =>
  read.points.map((point) => ({ device, tag: point.tag, value: undefined, status, flags: 0 }));
