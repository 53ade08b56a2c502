import type { Hello } from '@kubeplant/proto';
import { MAX_AHEAD_US } from './accept-time.ts';
import type { EventRow } from './prepared.ts';

/** Journalled when a collector's clock is off by more than readings may be: their times will be replaced. */
export function clockEvents({ shard, sentUs }: Pick<Hello, 'shard' | 'sentUs'>, nowUs: number): EventRow[] {
  if (sentUs === 0 || Math.abs(sentUs - nowUs) <= MAX_AHEAD_US) return [];
  const offsetS = Math.round((sentUs - nowUs) / 1e6);
  const direction = offsetS > 0 ? 'ahead' : 'behind';
  const message = `the clock of collector ${shard} is ${Math.abs(offsetS)} s ${direction}: set it, or times of readings are replaced`;
  return [{ timeUs: nowUs, kind: 'CollectorClockOff', message, details: { shard, offsetS } }];
}
