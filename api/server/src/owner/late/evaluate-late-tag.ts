import { createLateCourse, type HistoryReading, type LateFindings, type LateScope } from '@kubeplant/engine';
import { isBad } from '@kubeplant/words';
import type { Readings, ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { microsSql } from '../../store/micros.ts';
import { marksBefore, marksBetween } from './journal-marks.ts';
import type { LateSpan } from './late-spans.ts';

/** How far back the reading is looked for that was in force when the first late one was taken. */
const LOOK_BACK_US = 86_400_000_000;
/** Readings in which one with a value is looked for. */
const LOOK_BACK_ROWS = 20;
/** Readings that are looked at in one go. */
const PAGE = 2_000;
/** Rows of the journal that are taken at once. */
const MAX_FOUND = 1_000;

interface LateTag {
  readonly tag: StoredTag;
  readonly scope: LateScope;
  readonly span: Pick<LateSpan, 'fromUs' | 'untilUs'>;
  /** Time of the newest reading of the tag. */
  readonly newestUs: number;
}

interface Deps {
  /** A transaction of its own for each page: none is held while what was found is recorded. */
  readonly inScope: <T>(run: (client: ScopedClient) => Promise<T>) => Promise<T>;
  readonly readings: Readings;
  /** Resolves when it is recorded. */
  readonly take: (findings: LateFindings) => Promise<void>;
}

/** Evaluate the history of one tag where readings came late, from what is committed: memory for a page of it. */
export async function evaluateLateTag({ inScope, readings, take }: Deps, { tag, scope, span, newestUs }: LateTag): Promise<void> {
  const journal = { tenant: tag.tenant, site: tag.site, alarms: scope.definitions.map(({ id }) => id) };
  const { beginUs, before } = await inScope(async (client) => {
    const found = await findBegin(client, readings, { tag, scope, span });
    return { beginUs: found, before: await marksBefore(client, journal, found) };
  });
  const course = createLateCourse({ scope, beginUs, lateFromUs: span.fromUs, before });
  const range = { fromUs: beginUs, toUs: newestUs + 1, limit: PAGE, order: 'asc' as const };
  let [cursor, journalUs]: [string | undefined, number] = [undefined, beginUs];
  do {
    const page = await inScope(async (client) => {
      const { readings: rows, nextCursor } = await readings.raw(client, tag, cursor === undefined ? range : { ...range, cursor });
      const nextUs = (rows.at(-1)?.timeUs ?? journalUs) + 1;
      return { rows, nextCursor, nextUs, marks: await marksBetween(client, journal, journalUs, nextUs) };
    });
    course.journal(page.marks);
    for (const reading of page.rows) {
      course.reading(toHistory(tag, reading));
      if (course.settled() && reading.timeUs > span.untilUs) return take(course.take());
    }
    if (course.found() >= MAX_FOUND) await take(course.take());
    [cursor, journalUs] = [page.nextCursor, page.nextUs];
  } while (cursor !== undefined);
  const end = await inScope(async (client) => ({
    confirmedUs: await readConfirmed(client, tag),
    marks: await marksBetween(client, journal, journalUs),
  }));
  course.journal(end.marks);
  await take(course.finish(end.confirmedUs));
}

/** The last reading with a value before the delays that matter begin, or the oldest of those without. */
async function findBegin(
  client: ScopedClient,
  readings: Readings,
  { tag, scope: { delayUs }, span: { fromUs } }: Omit<LateTag, 'newestUs'>,
): Promise<number> {
  const toUs = delayUs === 0 ? fromUs : fromUs - delayUs + 1;
  const page = await readings.raw(client, tag, { fromUs: toUs - LOOK_BACK_US, toUs, limit: LOOK_BACK_ROWS, order: 'desc' });
  const usable = page.readings.find(({ value, status }) => value !== null && !isBad(status));
  return usable?.timeUs ?? page.readings.at(-1)?.timeUs ?? fromUs - delayUs;
}

const toHistory = ({ text }: StoredTag, { timeUs, value, status, flags }: StoredReading): HistoryReading => ({
  ...{ timeUs, status, flags, value: typeof value === 'number' ? value : Number.NaN },
  ...(text && typeof value === 'string' ? { text: value } : {}),
});

const CONFIRMED = `
SELECT ${microsSql('o.ended')} AS "confirmedUs" FROM observed o JOIN device d USING (device_id)
WHERE d.tenant = $1 AND d.name = $2 AND o.simulated = $3 ORDER BY o.started DESC LIMIT 1`;

/** Until when the tag was confirmed; -Infinity where nobody does. */
async function readConfirmed(client: ScopedClient, { tenant, device, origin }: StoredTag): Promise<number> {
  const found = await client.query<{ confirmedUs: number }>(CONFIRMED, [tenant, device, origin === 'Simulated']);
  return found.rows[0]?.confirmedUs ?? Number.NEGATIVE_INFINITY;
}
