import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag, isGood, Status } from '@kubeplant/words';
import type { NumberStep } from './converted.ts';

/**
 * What happens outside `range`: Keep nothing; Uncertain marks the value UncertainEngineeringUnitsExceeded; Bad drops it
 * with BadOutOfRange; Clamp holds it at the end with LimitLow or LimitHigh. Undefined: nothing to do.
 */
export function createRangeCheck(range: EffectiveTag['range']): NumberStep | undefined {
  if (range === undefined || range.outside === 'Keep') return undefined;
  const { low = -Infinity, high = Infinity, outside } = range;
  return (value, status, flags) => {
    if (value >= low && value <= high) return { value, status, flags };
    // Not a number is outside too, and has no end to be held at.
    if (outside === 'Bad' || Number.isNaN(value)) return { value: undefined, status: Status.BadOutOfRange, flags };
    if (outside === 'Uncertain') return { value, status: isGood(status) ? Status.UncertainEngineeringUnitsExceeded : status, flags };
    return value < low ? { value: low, status, flags: flags | Flag.LimitLow } : { value: high, status, flags: flags | Flag.LimitHigh };
  };
}
