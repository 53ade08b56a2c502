import type { Readings, Scope, WithScope } from '../../ports.ts';
import type { Partitions } from '../partitions.ts';
import type { StoreLog } from '../store-log.ts';
import { HOUR_US } from './levels.ts';
import { markDays } from './mark-dirty.ts';
import { rollDay } from './roll-day.ts';
import { rollHour } from './roll-hour.ts';
import { takeCalendars } from './site-calendar.ts';
import { dayGrid } from './site-days.ts';
import { readCalendar } from './sums-state.ts';
import { listMarked, type Marked, takeMarks } from './take-marks.ts';

/** What the tasks need. */
export interface RollupDeps {
  readonly withScope: WithScope;
  readonly readings: Pick<Readings, 'raw' | 'stream'>;
  readonly partitions: Partitions;
  readonly nowUs: () => number;
  readonly log: StoreLog;
}

const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
/** An hour is over when its last readings have had this time to come. */
const SETTLE_US = 60_000_000;
const DAY_AT_MOST_US = 26 * HOUR_US;
const TAGS_AT_ONCE = 500;
const TIMES_AT_ONCE = 100;

/** Reckon everything that is marked and over; again from the beginning when it was killed. Resolves with what was done, in a few words; '' for nothing. */
export async function runRollups(deps: RollupDeps, signal: AbortSignal): Promise<string> {
  await deps.withScope(everything, takeCalendars);
  const hours = await work(deps, signal, 'hour', HOUR_US, rollMarkedHour);
  const days = await work(deps, signal, 'day', DAY_AT_MOST_US, rollMarkedDay);
  return hours + days === 0 ? '' : `${hours} hours and ${days} days of sites`;
}

type Roll = (deps: RollupDeps, marked: Marked, signal: AbortSignal) => Promise<boolean>;

async function work(deps: RollupDeps, signal: AbortSignal, level: 'hour' | 'day', lengthUs: number, roll: Roll): Promise<number> {
  const seen = new Set<string>();
  for (;;) {
    const beforeUs = deps.nowUs() - lengthUs - SETTLE_US + 1;
    const found = await deps.withScope(everything, (client) => listMarked(client, level, beforeUs, TIMES_AT_ONCE + seen.size));
    const fresh = found.filter((marked) => !seen.has(JSON.stringify(marked)));
    if (fresh.length === 0) return seen.size;
    for (const marked of fresh) {
      if (signal.aborted) return seen.size;
      seen.add(JSON.stringify(marked));
      await roll(deps, marked, signal);
    }
  }
}

/** One hour of one site in one transaction: killed half-way, it is as it was. */
async function rollMarkedHour(deps: RollupDeps, marked: Marked, signal: AbortSignal): Promise<boolean> {
  const { tenant, site, timeUs } = marked;
  await deps.partitions.ensure(timeUs, timeUs);
  return deps.withScope({ grants: [{ tenant, site }] }, async (client) => {
    const taken = await takeMarks(client, 'hour', marked);
    if (taken.tags.length > 0) {
      for (let at = 0; at < taken.tags.length; at += TAGS_AT_ONCE) {
        signal.throwIfAborted();
        await rollHour({ client, readings: deps.readings }, taken.tags.slice(at, at + TAGS_AT_ONCE), timeUs);
      }
      const grid = dayGrid(await readCalendar(client, marked));
      await markDays(client, marked, [...new Set([grid.at(timeUs).fromUs, grid.at(timeUs + HOUR_US - 1).fromUs])]);
    }
    await taken.done();
    return true;
  });
}

async function rollMarkedDay(deps: RollupDeps, marked: Marked, signal: AbortSignal): Promise<boolean> {
  const { tenant, site, timeUs } = marked;
  return deps.withScope({ grants: [{ tenant, site }] }, async (client) => {
    const taken = await takeMarks(client, 'day', marked);
    const day = await readCalendar(client, marked);
    for (let at = 0; at < taken.tags.length; at += TAGS_AT_ONCE) {
      signal.throwIfAborted();
      await rollDay({ client, readings: deps.readings }, taken.tags.slice(at, at + TAGS_AT_ONCE), day, timeUs);
    }
    await taken.done();
    return true;
  });
}
