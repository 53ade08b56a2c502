import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/create-fake-clock.ts';
import { createPoller } from './create-poller.ts';

/** A poller whose polls take `durationMs` of the fake clock; records when they start and what was left out. */
function setUp(durationMs: number) {
  const clock = createFakeClock();
  const starts: { key: string; atMs: number }[] = [];
  const overruns: { key: string; count: number }[] = [];
  let pending: (() => void)[] = [];
  const poller = createPoller({
    clock,
    poll: (key) => {
      starts.push({ key, atMs: clock.monotonicMs() });
      return new Promise((resolve) => {
        pending.push(resolve);
        if (Number.isFinite(durationMs)) clock.setTimer(durationMs, resolve);
      });
    },
    onOverrun: (key, count) => overruns.push({ key, count }),
  });
  /** Move in small steps, so that promises settle in between. */
  async function advance(ms: number, stepMs = 10) {
    for (let done = 0; done < ms; done += stepMs) {
      clock.advance(stepMs);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
  const finishAll = () => {
    for (const resolve of pending) resolve();
    pending = [];
  };
  return { clock, poller, starts, overruns, advance, finishAll };
}

describe('createPoller', () => {
  it('polls on a grid that late polls do not move', async () => {
    const { poller, starts, overruns, advance } = setUp(30);
    poller.setGroups([{ key: 'a', intervalMs: 100 }]);
    await advance(10_000);
    const first = starts[0]!.atMs;
    expect(starts.length).toBe(100);
    for (const [i, start] of starts.entries()) expect(start.atMs).toBeCloseTo(first + i * 100, 6);
    expect(overruns).toEqual([]);
  });

  it('leaves out and counts polls while one is still running', async () => {
    const { poller, starts, overruns, advance, finishAll } = setUp(Number.POSITIVE_INFINITY);
    poller.setGroups([{ key: 'a', intervalMs: 100 }]);
    await advance(1000);
    expect(starts.length).toBe(1);
    expect(overruns.reduce((sum, { count }) => sum + count, 0)).toBe(9);
    finishAll();
    await advance(100);
    expect(starts.length).toBe(2);
  });

  it('does not catch up after the process stood still, and counts what was missed', async () => {
    const { clock, poller, starts, overruns, advance } = setUp(1);
    poller.setGroups([{ key: 'a', intervalMs: 100 }]);
    await advance(500);
    const before = starts.length;
    clock.stall(1030);
    await advance(100);
    expect(starts.length - before).toBeLessThanOrEqual(2);
    expect(overruns.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(9);
  });

  it('spreads groups of one interval and polls each soon after it is added', async () => {
    const { poller, starts, advance } = setUp(1);
    poller.setGroups(Array.from({ length: 100 }, (_, i) => ({ key: `device-${i}`, intervalMs: 60_000 })));
    await advance(1000);
    expect(starts.length).toBe(100);
    const perTenth = new Map<number, number>();
    for (const { atMs } of starts) perTenth.set(Math.floor(atMs / 100), (perTenth.get(Math.floor(atMs / 100)) ?? 0) + 1);
    expect(Math.max(...perTenth.values())).toBeLessThan(30);
  });

  it.each([
    { intervalMs: 1000, ticks: 50 },
    { intervalMs: 60_000, ticks: 50 },
    { intervalMs: 50, ticks: 10 },
  ])('lets hundreds of groups of $intervalMs ms share at most $ticks wake-ups', async ({ intervalMs, ticks }) => {
    const { poller, starts, advance } = setUp(1);
    await advance(7, 1);
    poller.setGroups(Array.from({ length: 400 }, (_, i) => ({ key: `device-${i}`, intervalMs })));
    await advance(Math.min(intervalMs, 1000) + 20, 1);
    const wakeUps = new Set(starts.slice(0, 400).map(({ atMs }) => atMs));
    expect(wakeUps.size).toBeLessThanOrEqual(ticks + 1);
    expect(wakeUps.size).toBeGreaterThan(ticks / 2);
  });

  it('keeps the grid of groups that stay when others come and go', async () => {
    const { poller, starts, advance } = setUp(1);
    poller.setGroups([
      { key: 'a', intervalMs: 200 },
      { key: 'b', intervalMs: 200 },
    ]);
    await advance(1000);
    poller.setGroups([
      { key: 'a', intervalMs: 200 },
      { key: 'b', intervalMs: 300 },
      { key: 'c', intervalMs: 200 },
    ]);
    await advance(1000);
    const a = starts.filter(({ key }) => key === 'a').map(({ atMs }) => atMs);
    expect(a.length).toBe(10);
    for (let i = 1; i < a.length; i++) expect(a[i]! - a[i - 1]!).toBeCloseTo(200, 6);
    poller.stop();
    const count = starts.length;
    await advance(1000);
    expect(starts.length).toBe(count);
  });
});
