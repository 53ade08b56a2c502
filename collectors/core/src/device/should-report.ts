import type { EffectiveTag } from '@kubeplant/crds/model';
import type { Converted } from '../convert/converted.ts';

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

/** Report by exception: true when `next` differs enough from what was sent last. A change of status or flags always does. */
export function shouldReport(last: Converted | undefined, next: Converted, width: number): boolean {
  if (last === undefined || last.status !== next.status || last.flags !== next.flags) return true;
  if (typeof last.value !== 'number' || typeof next.value !== 'number') return last.value !== next.value;
  return width > 0 ? Math.abs(next.value - last.value) > width : next.value !== last.value;
}
