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
  if (dataType === 'Boolean') return (value, status, flags) => ({ value: value === 0 ? 0 : 1, status, flags });
  if (dataType === 'Float32') return (value, status, flags) => keep(Math.fround(value), status, flags);
  const [low, high] = LIMITS[dataType] ?? [-Infinity, Infinity];
  return (value, status, flags) => {
    const whole = Math.round(value) + 0; // -0 becomes 0
    if (!(whole >= low && whole <= high)) return { value: undefined, status: Status.BadOutOfRange, flags };
    return { value: whole, status, flags: Number.isSafeInteger(whole) ? flags : flags | Flag.Truncated };
  };
}

function keep(value: number, status: number, flags: number): ReturnType<NumberStep> {
  return Number.isFinite(value) ? { value, status, flags } : { value: undefined, status: Status.BadOutOfRange, flags };
}
