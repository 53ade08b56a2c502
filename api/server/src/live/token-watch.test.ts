import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTokenWatch } from './token-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('warns thirty seconds before the end, ends then, and starts anew with a new token', () => {
  const events: (string | number)[] = [];
  const watch = createTokenWatch({ now: Date.now, onExpiring: (seconds) => events.push(seconds), onExpired: () => events.push('expired') });
  watch.until(Date.now() + 300_000);
  vi.advanceTimersByTime(269_999);
  expect(events).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(events).toEqual([30]);
  watch.until(Date.now() + 300_000);
  vi.advanceTimersByTime(100_000);
  expect(events).toEqual([30]);
  vi.advanceTimersByTime(200_000);
  expect(events).toEqual([30, 30, 'expired']);
});
