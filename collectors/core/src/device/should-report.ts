import type { EffectiveTag } from '@kubeplant/crds/model';

/**
 * Width of a tag's deadband in engineering units; 0: every change is reported. Percent is of the tag's range. States,
 * counters and texts have none: each change means something.
 */
export function deadbandWidth({ kind, deadband, range }: Pick<EffectiveTag, 'kind' | 'deadband' | 'range'>): number {
  if (kind !== 'Analog' || deadband.type === 'None') return 0;
  if (deadband.type === 'Absolute') return deadband.value;
  const span = (range?.high ?? Number.NaN) - (range?.low ?? Number.NaN);
  return Number.isFinite(span) ? (Math.abs(span) * deadband.value) / 100 : 0;
}

/** Report by exception of numbers: true when `next` differs enough from what was sent last. NaN stands for no value. */
export function numberChanged(last: number, next: number, width: number): boolean {
  if (Number.isNaN(last) || Number.isNaN(next)) return Number.isNaN(last) !== Number.isNaN(next);
  return width > 0 ? Math.abs(next - last) > width : next !== last;
}
