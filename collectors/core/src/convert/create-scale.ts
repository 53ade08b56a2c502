import type { Scale } from '@kubeplant/crds/model';
import { isBad, Status } from '@kubeplant/words';
import { hold } from './check-range.ts';
import type { NumberStep } from './converted.ts';

/** Raw to engineering: `raw × factor + offset`, or a line through two points, held at its ends with `clamp`. Undefined: nothing to do. */
export function createScale(scale: Scale | undefined): NumberStep | undefined {
  if (scale === undefined) return undefined;
  const { factor = 1, offset = 0, rawLow, rawHigh, engLow, engHigh, clamp } = scale;
  if (rawLow === undefined || rawHigh === undefined || engLow === undefined || engHigh === undefined)
    return factor === 1 && offset === 0 ? undefined : toStep((raw) => raw * factor + offset);
  const slope = (engHigh - engLow) / (rawHigh - rawLow);
  const line = toStep((raw) => engLow + (raw - rawLow) * slope);
  if (!clamp) return line;
  const [low, high] = [Math.min(engLow, engHigh), Math.max(engLow, engHigh)];
  return (number) => {
    line(number);
    if (!isBad(number.status)) hold(number, low, high);
  };
}

/** What is not finite is Bad. */
function toStep(scaled: (raw: number) => number): NumberStep {
  return (number) => {
    number.value = scaled(number.value);
    if (!Number.isFinite(number.value)) number.status = Status.Bad;
  };
}
