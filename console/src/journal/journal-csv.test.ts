import type { JournalEntry } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { toJournalCsv } from './journal-csv.ts';

const entry: JournalEntry = {
  id: '1',
  alarm: 'a',
  time: '2026-11-21T09:00:00Z',
  kind: 'Active',
  state: 'UNACK',
  priority: 'High',
  namespace: 'default',
  site: 'riverside',
  rule: 'level',
  device: 'station',
  tag: 'level',
  limit: 'high',
  occurrence: 'o',
  value: -2.5,
  message: 'Level is "high", 2.9 m',
  comment: '=HYPERLINK("x")',
  simulated: true,
};

describe('the journal as CSV', () => {
  it('quotes what needs it and lets no text become a formula', () => {
    const [head, row, end] = toJournalCsv([entry]).split('\r\n');
    expect(head).toMatch(/^time,kind,priority/);
    expect(row).toBe(
      `2026-11-21T09:00:00Z,Active,High,UNACK,default,riverside,level,station,level,high,-2.5,"Level is ""high"", 2.9 m",,"'=HYPERLINK(""x"")",true`,
    );
    expect(end).toBe('');
  });
});
