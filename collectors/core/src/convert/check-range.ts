import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag, isGood, Status } from '@kubeplant/words';
import type { NumberStep, NumberUnderWay } from './converted.ts';

/**
 * What happens outside `range`: Keep nothing; Uncertain marks the value UncertainEngineeringUnitsExceeded; Bad drops it
 * with BadOutOfRange; Clamp holds it at the end with LimitLow or LimitHigh. Undefined: nothing to do.
 */
export function createRangeCheck(range: EffectiveTag['range']): NumberStep | undefined {
  if (range === undefined || range.outside === 'Keep') return undefined;
  const { low = -Infinity, high = Infinity, outside } = range;
  return (number) => {
    const { value, status } = number;
    if (value >= low && value <= high) return;
    // Not a number is outside too, and has no end to be held at.
    if (outside === 'Bad' || Number.isNaN(value)) number.status = Status.BadOutOfRange;
    else if (outside === 'Uncertain') number.status = isGood(status) ? Status.UncertainEngineeringUnitsExceeded : status;
    else hold(number, low, high);
  };
}

/** Hold a number between low and high, and flag it where that changed it. */
export function hold(number: NumberUnderWay, low: number, high: number): void {
  if (number.value < low) {
    number.value = low;
    number.flags |= Flag.LimitLow;
  } else if (number.value > high) {
    number.value = high;
    number.flags |= Flag.LimitHigh;
  }
}
