import { Flag } from '@kubeplant/words';
import { microsOf } from './micros-of.ts';
import type { KnownStatement, Statement, StoredReading } from './sim-tables.ts';

/** Statements that find late readings, evaluate them, and keep what is to be evaluated. */
export const LATE_STATEMENTS: readonly KnownStatement[] = [
  { pattern: /^SELECT n\.tag_id FROM .* EXISTS \(SELECT FROM reading r /, run: findLate },
  { pattern: /^SET LOCAL enable_bitmapscan/, run: () => [] },
  { pattern: /^SELECT (min|max)\(edge\)/, run: () => [[null]] },
  { pattern: /^SELECT us, value, .* AS readings LIMIT \$1$/, run: (statement) => readSpan(statement) },
  { pattern: /^SELECT us, value, .* ORDER BY us desc/, run: (statement) => readPage(statement, -1) },
  { pattern: /^SELECT us, value, .* ORDER BY us asc/, run: (statement) => readPage(statement, 1) },
  { pattern: /^SELECT r\.alarm, r\.kind, .* FROM alarm_transition/, run: marksBefore },
  { pattern: /^SELECT alarm, kind, .* FROM alarm_transition/, run: marksBetween },
  { pattern: /^INSERT INTO late_span/, run: widenLate },
  { pattern: /^DELETE FROM late_span/, run: removeLate },
  {
    pattern: /^SELECT shard, .* FROM late_span/,
    run: ({ tables }) => [...tables.lateSpans].map(([shard, span]) => ({ shard, ...span })),
  },
];

function findLate({ tables, values }: Statement): readonly unknown[] {
  const [ids, from, until] = values as [number[], string, string];
  const isLate = ({ tagId, timeUs, flags }: StoredReading, id: number): boolean =>
    tagId === id && (flags & Flag.Late) !== 0 && timeUs >= microsOf(from) && timeUs <= microsOf(until);
  return ids.filter((id) => tables.readings.some((row) => isLate(row, id))).map((id) => [id]);
}

/** A page; there are never so many that another would follow. */
function readPage({ tables, values: [limit, , ...values], ...rest }: Statement, direction: 1 | -1): readonly unknown[] {
  return readSpan({ tables, values: [limit, ...values], ...rest }, direction);
}

function readSpan({ tables, values }: Statement, direction: 1 | -1 = 1): readonly unknown[] {
  const [limit, tagId, from, to] = values as [number, number, string, string];
  const found = tables.readings.filter((row) => row.tagId === tagId && row.timeUs >= microsOf(from) && row.timeUs < microsOf(to));
  const sorted = found.toSorted((a, b) => direction * (a.timeUs - b.timeUs)).slice(0, limit);
  return sorted.map(({ timeUs, value, status, flags }) => [timeUs, value ?? null, status, flags, 0]);
}

/** What of the journal an evaluation of late readings looks at, in order of time. */
function marksOf({ tables, values }: Statement) {
  const alarms = values[2] as string[];
  return [...tables.transitions.values()]
    .filter(({ alarm, kind }) => alarms.includes(String(alarm)) && ['Active', 'Cleared', 'Retired'].includes(String(kind)))
    .map(({ alarm, kind, time, occurrence, late, cause }) => {
      const byClock = String(cause).startsWith('clock:');
      return { alarm, kind, timeUs: microsOf(time), occurrence, late, byClock, acknowledged: false };
    })
    .toSorted((a, b) => a.timeUs - b.timeUs);
}

function marksBefore(statement: Statement): readonly unknown[] {
  const untilUs = microsOf(statement.values[3]);
  const earlier = marksOf(statement).filter(({ timeUs }) => timeUs < untilUs);
  const last = new Map(earlier.filter(({ byClock }) => !byClock).map((row) => [row.alarm, row]));
  const lastInTime = new Map(earlier.filter(({ late }) => late !== true).map((row) => [row.alarm, row]));
  return [...new Set([...last.values(), ...lastInTime.values()])].toSorted((a, b) => a.timeUs - b.timeUs);
}

function marksBetween(statement: Statement): readonly unknown[] {
  const [from, to] = statement.values.slice(3);
  const untilUs = to === null ? Number.POSITIVE_INFINITY : microsOf(to);
  return marksOf(statement).filter(({ timeUs }) => timeUs >= microsOf(from) && timeUs < untilUs);
}

function widenLate({ values, change }: Statement): readonly unknown[] {
  const [shards, froms, untils] = values.slice(2) as [string[], string[], string[]];
  change(({ lateSpans }) => {
    for (const [index, shard] of shards.entries()) {
      const [fromUs, untilUs] = [microsOf(froms[index]), microsOf(untils[index])];
      const before = lateSpans.get(shard) ?? { fromUs, untilUs, widened: 0 };
      lateSpans.set(shard, {
        fromUs: Math.min(fromUs, before.fromUs),
        untilUs: Math.max(untilUs, before.untilUs),
        widened: before.widened + 1,
      });
    }
  });
  return [];
}

function removeLate({ values, change }: Statement): readonly unknown[] {
  const [shards, widened] = values.slice(2) as [string[], number[]];
  change(({ lateSpans }) => {
    for (const [index, shard] of shards.entries()) if (lateSpans.get(shard)?.widened === widened[index]) lateSpans.delete(shard);
  });
  return [];
}
