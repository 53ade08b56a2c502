import { expect, it } from 'vitest';
import { createEventLog } from './event-log.ts';

const event = (timeUs: number) => ({ timeUs, kind: 'Test', message: 'a test' });

it('keeps so many events and says how many more there were', () => {
  const log = createEventLog();
  for (let at = 0; at < 4; at += 1) log.add(Array.from({ length: 3_000 }, (_one, index) => event(at * 3_000 + index)));
  const taken = log.take(77);
  expect(taken).toHaveLength(10_001);
  expect(taken[9_999]).toEqual(event(9_999));
  expect(taken.at(-1)).toMatchObject({ timeUs: 77, kind: 'JournalIncomplete', details: { events: 2_000 } });
  log.add([event(1)]);
  expect(log.take(78)).toEqual([event(1)]);
  expect(log.take(79)).toEqual([]);
});
