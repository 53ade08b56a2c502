import { type DataType, Flag, Status } from '@kubeplant/words';
import type { NumberStep } from './converted.ts';

const LIMITS: Readonly<Partial<Record<DataType, readonly [low: number, high: number]>>> = {
  Int8: [-(2 ** 7), 2 ** 7 - 1],
  UInt8: [0, 2 ** 8 - 1],
  Int16: [-(2 ** 15), 2 ** 15 - 1],
  UInt16: [0, 2 ** 16 - 1],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  UInt32: [0, 2 ** 32 - 1],
  Int64: [-(2 ** 63), 2 ** 63],
  UInt64: [0, 2 ** 64],
};

/**
 * Make a number fit the tag's data type: integers rounded to the nearest (BadOutOfRange beyond their limits, Truncated
 * beyond 2^53), Boolean 0 or 1, Float32 rounded to single precision. Undefined: Float64, nothing to do.
 */
export function createTypeFit(dataType: DataType): NumberStep | undefined {
  if (dataType === 'Float64' || dataType === 'String') return undefined;
  if (dataType === 'Boolean') return toBoolean;
  if (dataType === 'Float32') return toFloat32;
  const [low, high] = LIMITS[dataType] ?? [-Infinity, Infinity];
  return (number) => {
    const whole = Math.round(number.value) + 0; // -0 becomes 0
    number.value = whole;
    if (!(whole >= low && whole <= high)) number.status = Status.BadOutOfRange;
    else if (!Number.isSafeInteger(whole)) number.flags |= Flag.Truncated;
  };
}

const toBoolean: NumberStep = (number) => {
  number.value = number.value === 0 ? 0 : 1;
};

const toFloat32: NumberStep = (number) => {
  number.value = Math.fround(number.value);
  if (!Number.isFinite(number.value)) number.status = Status.BadOutOfRange;
};
