import type { AlarmTransition } from '@kubeplant/engine';
import { describe, expect, it } from 'vitest';
import { device, model, tag } from '../../owner/plant.fixture.ts';
import { toJournalEntry } from './alarm-view.ts';
import { formatJournalCsv, journalCsvHeader } from './journal-csv.ts';

const plant = model([
  device('pump', [tag('mode', { states: { '1': 'Manual', '2': 'Automatic' } }), tag('running', { dataType: 'Boolean' }), tag('flow')]),
]);
const transition: AlarmTransition = {
  ...{ id: '1', alarm: 'a', ruleUid: 'r', rule: 'mode-manual', device: 'pump', tag: 'mode', limit: 'condition', priority: 'High' },
  ...{
    occurrence: 'o',
    kind: 'Active',
    state: 'UNACK',
    timeUs: 1_700_000_000_000_000,
    status: 0,
    cause: 'c',
    simulated: true,
    late: false,
  },
  ...{ value: 1, message: 'Mode is "Manual", 1', comment: '=HYPERLINK("x")' },
};
const entryOf = (more: Partial<AlarmTransition>) =>
  toJournalEntry({ tenant: 'local/default', site: 'north', transition: { ...transition, ...more } }, plant);

describe('the value of an alarm', () => {
  it('has the name that the tag declares for it', () => {
    expect(entryOf({})).toMatchObject({ value: 1, valueText: 'Manual' });
    expect(entryOf({ tag: 'running', value: 1 })).toMatchObject({ value: 1, valueText: 'True' });
    expect(entryOf({ value: 7 })).not.toHaveProperty('valueText');
    expect(entryOf({ tag: 'flow' })).not.toHaveProperty('valueText');
    expect(entryOf({ tag: 'gone' })).toMatchObject({ value: 1 });
  });
});

describe('the journal as CSV', () => {
  it('quotes what needs it and lets no text become a formula', () => {
    const columns = journalCsvHeader.trim().split(',').length;
    const row = formatJournalCsv([entryOf({ value: -2.5 })]);
    expect(row).toBe(
      `2023-11-14T22:13:20.000Z,Active,High,UNACK,default,north,mode-manual,pump,mode,condition,-2.5,,"Mode is ""Manual"", 1",,"'=HYPERLINK(""x"")",true,false\r\n`,
    );
    expect(columns).toBe(17);
  });
});
