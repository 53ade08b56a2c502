import { expect, it } from 'vitest';
import { createRateMeter } from './rate-meter.ts';

it('averages the last ten whole seconds and forgets older ones', () => {
  const meter = createRateMeter();
  for (let second = 0; second < 20; second += 1) meter.add(100, second * 1000 + 500);
  expect(meter.perSecond(20_000)).toBe(100);
  expect(meter.perSecond(25_000)).toBe(50);
  expect(meter.perSecond(60_000)).toBe(0);
});
