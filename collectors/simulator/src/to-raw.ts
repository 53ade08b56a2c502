import type { EffectiveTag } from '@kubeplant/crds/model';

/** Raw value whose conversion gives the engineering value: the inverse of the tag's scale. No value at all: the tag's first `invalid` code, else 0. */
export function toRaw(tag: Pick<EffectiveTag, 'scale' | 'modbus'>, value: number | undefined): number {
  if (value === undefined || Number.isNaN(value)) return tag.modbus?.invalid?.[0] ?? 0;
  const { scale } = tag;
  if (scale === undefined) return value;
  const { rawLow, rawHigh, engLow, engHigh } = scale;
  if (rawLow !== undefined && rawHigh !== undefined && engLow !== undefined && engHigh !== undefined) {
    return engHigh === engLow ? rawLow : rawLow + ((value - engLow) * (rawHigh - rawLow)) / (engHigh - engLow);
  }
  const factor = scale.factor ?? 1;
  return factor === 0 ? 0 : (value - (scale.offset ?? 0)) / factor;
}
