import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Accumulator } from './accumulator.ts';
import type { Batch, Shown } from './batch.ts';
import { createCommitLoop } from './commit-loop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown: Shown = { values: [], states: [], transitions: [] };
const batch = { progress: [{}], observed: [], events: [], quarantined: [], changes: { states: [], removed: [], transitions: [] } };

it('says that nothing is recorded before it shows what is not', async () => {
  const told: string[] = [];
  const loop = createCommitLoop({
    engine: { calculate: () => [], takeChanges: () => ({}) } as never, // of the engine this takes what it made
    accumulator: {
      gather: () => shown,
      cut: () => batch as unknown as Batch,
      rows: () => 1,
      setAway: () => {},
      committed: () => {},
    } as unknown as Accumulator,
    nowUs: () => Date.now() * 1000,
    show: () => told.push('shown'),
    onCommitted: () => {},
    onRecording: (notRecorded) => told.push(notRecorded === undefined ? 'recorded' : 'not recorded'),
    onFailed: () => {},
    write: () => new Promise(() => {}), // the database does not answer
    recover: () => new Promise(() => {}),
    createAttempt: () => ({ withOwnerScope: () => new Promise<never>(() => {}), giveUp: () => {}, transactions: [] }),
  });
  loop.schedule();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(told.slice(0, 2)).toEqual(['not recorded', 'shown']);
  loop.stop();
});
