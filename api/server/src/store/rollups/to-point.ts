import { Flag } from '@kubeplant/words';
import type { StoredReading } from '../../ports.ts';
import type { Point } from './summary.ts';

/** A stored reading as history is reckoned with: good is what has severity Good and a value. */
export function toPoint({ timeUs, value, status, flags }: StoredReading): Point {
  return {
    timeUs,
    value: typeof value === 'number' ? value : 0,
    good: status < 0x4000 && value !== null,
    discontinuity: (flags & Flag.CounterDiscontinuity) !== 0,
  };
}
