import { describe, expect, it } from 'vitest';
import { toPlan, wantedPoints } from './history-plan.ts';

describe('how history is asked for', () => {
  it('asks for every reading of an hour, and beyond it for what can be seen', () => {
    expect(wantedPoints(3_600_000)).toBeGreaterThan(3600);
    expect(wantedPoints(3_600_001)).toBeLessThan(2000);
  });

  it.each([
    [undefined, { kind: 'raw' }],
    ['30s', { kind: 'buckets', intervalMs: 30_000, interval: '30s' }],
    ['15m', { kind: 'buckets', intervalMs: 900_000, interval: '15m' }],
    ['7d', { kind: 'buckets', intervalMs: 604_800_000, interval: '7d' }],
  ])('an answer with the interval %s: %j', (interval, plan) => expect(toPlan(interval)).toEqual(plan));
});
