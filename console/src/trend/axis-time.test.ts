import { describe, expect, it } from 'vitest';
import { formatAxisTimes } from './axis-time.ts';

const at = (text: string): number => Date.parse(text) / 1000;

describe('labels of the time axis', () => {
  it('are on the clock of the site, with the date where a day begins', () => {
    const splits = ['2026-11-21T22:30:00Z', '2026-11-21T23:00:00Z', '2026-11-21T23:30:00Z'].map(at);
    expect(formatAxisTimes(splits, 3600, 'Europe/Berlin')).toEqual(['23:30\n2026-11-21', '00:00\n2026-11-22', '00:30']);
  });

  it('show seconds only in a short span', () => {
    expect(formatAxisTimes([at('2026-11-21T09:00:05Z')], 60, 'UTC')).toEqual(['09:00:05\n2026-11-21']);
  });
});
