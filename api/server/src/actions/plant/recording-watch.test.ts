import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { model } from '../../owner/plant.fixture.ts';
import { createRecordingWatch } from './recording-watch.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

it('tells since when a site does not record, whoever asks when, and begins anew after it has recorded', () => {
  let recording = true;
  const watch = createRecordingWatch({ models: () => [model([])], recording: () => recording }, Date.now);
  const since = () => watch.notRecordingSince('local/default', 'north');
  expect(since()).toBeUndefined();
  recording = false;
  vi.advanceTimersByTime(60_000);
  expect(since()).toBe(1_001_000);
  recording = true;
  vi.advanceTimersByTime(1000);
  recording = false;
  expect(since()).toBe(1_061_000);
  watch.stop();
});
