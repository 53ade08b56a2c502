import { describe, expect, it } from 'vitest';
import { planHistory, toBuckets } from './history-plan.ts';

describe('how history is asked for', () => {
  it.each([
    [300_000, { kind: 'raw' }],
    [3_600_000, { kind: 'raw' }],
    [28_800_000, { kind: 'buckets', intervalMs: 60_000, interval: '1m' }],
    [604_800_000, { kind: 'buckets', intervalMs: 1_800_000, interval: '30m' }],
  ])('a span of %d ms: %j', (spanMs, plan) => expect(planHistory(spanMs)).toEqual(plan));

  it('never draws more than 500 buckets below 400 days', () => {
    for (let spanMs = 1_000; spanMs < 400 * 86_400_000; spanMs *= 1.7) {
      const plan = toBuckets(spanMs);
      expect(plan.kind === 'buckets' && spanMs / plan.intervalMs).toBeLessThanOrEqual(500);
    }
  });
});
