import { expect, it } from 'vitest';
import { formatEvent } from './format-event.ts';
import type { MoveEvent } from './move-event.ts';

const totals = { rowsDone: 1_234_567, spansDone: 3, spansTotal: 1_200, bytesDone: 250_000, bytesTotal: 2_500_000_000_000 };
const span = { event: 'span', table: 'reading', from: '2026-11-16', rows: 86_400, ...totals } as const;

it.each<[MoveEvent, string]>([
  [
    { event: 'started', to: 'partitions', resumed: true, spansTotal: 1_200, bytesTotal: 12_345_678 },
    'going on to move the history to partitions: 1,200 spans, 12.3 MB; Ctrl-C stops after the present one',
  ],
  [
    { ...span, secondsLeft: 7_320 },
    'reading from 2026-11-16: 86,400 rows; in all 1,234,567 rows, 3 of 1,200 spans, 250.0 kB of 2.5 TB, about 2 h 2 min left',
  ],
  [{ event: 'counted', table: 'reading', before: 5, after: 5 }, 'reading: 5 rows'],
  [{ event: 'counted', table: 'reading', before: 5, after: 7 }, 'reading: 7 rows, and 5 were moved'],
  [
    { event: 'done', layout: 'hypertables', tables: [{ table: 'reading_sealed_short', before: 1_000, after: 1_000 }] },
    'moved: the layout is hypertables\nTABLE                       ROWS BEFORE         ROWS AFTER\nreading_sealed_short              1,000              1,000',
  ],
])('tells people of %j', (event, told) => {
  expect(formatEvent(event)).toBe(told);
});

it.each([
  [0, '0 s'],
  [89, '89 s'],
  [150, '3 min'],
])('tells that %d seconds are left as %s', (secondsLeft, told) => {
  expect(formatEvent({ ...span, secondsLeft })).toContain(`about ${told} left`);
});
