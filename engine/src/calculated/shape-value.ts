import type { EffectiveTag } from '@kubeplant/crds/model';
import { type DataType, Flag, isGood, Status } from '@kubeplant/words';

/** A value as the tag declares it. */
export interface ShapedValue {
  readonly value: number;
  readonly status: number;
  readonly flags: number;
}

const INTEGERS: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  Int8: [-(2 ** 7), 2 ** 7 - 1],
  UInt8: [0, 2 ** 8 - 1],
  Int16: [-(2 ** 15), 2 ** 15 - 1],
  UInt16: [0, 2 ** 16 - 1],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  UInt32: [0, 2 ** 32 - 1],
  Int64: [-(2 ** 63), 2 ** 63],
  UInt64: [0, 2 ** 64],
};

/** Apply scale, data type and range of a calculated tag; `status` is what the inputs allow at best. */
export function shapeValue(tag: EffectiveTag, result: number, status: number): ShapedValue {
  const typed = toDataType(tag.dataType, scaleValue(tag.scale, result));
  if (!Number.isFinite(typed)) return { value: Number.NaN, status: Status.BadOutOfRange, flags: 0 };
  return applyRange(tag.range, typed, status);
}

function scaleValue(scale: EffectiveTag['scale'], value: number): number {
  if (scale === undefined) return value;
  const { factor = 1, offset = 0, rawLow, rawHigh, engLow, engHigh, clamp } = scale;
  if (rawLow === undefined || rawHigh === undefined || engLow === undefined || engHigh === undefined) return value * factor + offset;
  const scaled = engLow + ((value - rawLow) / (rawHigh - rawLow)) * (engHigh - engLow);
  if (clamp !== true) return scaled;
  return Math.min(Math.max(scaled, Math.min(engLow, engHigh)), Math.max(engLow, engHigh));
}

function toDataType(dataType: DataType, value: number): number {
  if (dataType === 'String') return Number.NaN;
  if (dataType === 'Boolean') return Number.isNaN(value) ? value : Number(value !== 0);
  if (dataType === 'Float32') return Math.fround(value);
  const bounds = INTEGERS[dataType];
  if (bounds === undefined) return value;
  const whole = Math.round(value);
  return whole >= bounds[0] && whole <= bounds[1] ? whole : Number.NaN;
}

function applyRange(range: EffectiveTag['range'], value: number, status: number): ShapedValue {
  const { low = -Infinity, high = Infinity, outside = 'Keep' } = range ?? {};
  if ((value >= low && value <= high) || outside === 'Keep') return { value, status, flags: 0 };
  if (outside === 'Bad') return { value: Number.NaN, status: Status.BadOutOfRange, flags: 0 };
  if (outside === 'Uncertain') return { value, status: isGood(status) ? Status.UncertainEngineeringUnitsExceeded : status, flags: 0 };
  return value < low ? { value: low, status, flags: Flag.LimitLow } : { value: high, status, flags: Flag.LimitHigh };
}
