import type { Scale } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import type { NumberStep } from './converted.ts';

/** Raw to engineering: `raw × factor + offset`, or a line through two points, held at its ends with `clamp`. Undefined: nothing to do. */
export function createScale(scale: Scale | undefined): NumberStep | undefined {
  if (scale === undefined) return undefined;
  const { rawLow, rawHigh, engLow, engHigh } = scale;
  if (rawLow === undefined || rawHigh === undefined || engLow === undefined || engHigh === undefined) return createFactor(scale);
  const slope = (engHigh - engLow) / (rawHigh - rawLow);
  const line: NumberStep = (raw, status, flags) => finite(engLow + (raw - rawLow) * slope, status, flags);
  return scale.clamp ? clampTo(line, Math.min(engLow, engHigh), Math.max(engLow, engHigh)) : line;
}

function createFactor({ factor = 1, offset = 0 }: Scale): NumberStep | undefined {
  if (factor === 1 && offset === 0) return undefined;
  return (raw, status, flags) => finite(raw * factor + offset, status, flags);
}

function clampTo(step: NumberStep, low: number, high: number): NumberStep {
  return (raw, status, flags) => {
    const result = step(raw, status, flags);
    if (typeof result.value !== 'number') return result;
    if (result.value < low) return { ...result, value: low, flags: flags | Flag.LimitLow };
    if (result.value > high) return { ...result, value: high, flags: flags | Flag.LimitHigh };
    return result;
  };
}

function finite(value: number, status: number, flags: number): ReturnType<NumberStep> {
  return Number.isFinite(value) ? { value, status, flags } : { value: undefined, status: Status.Bad, flags };
}
