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
  /** So many more hours or days of sites are reckoned. */
  readonly done?: (count: number) => void;
}

const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
/** An hour is over when its last readings have had this time to come. */
const SETTLE_US = 60_000_000;
const DAY_AT_MOST_US = 26 * HOUR_US;
const TAGS_AT_ONCE = 500;
const TIMES_AT_ONCE = 100;

/** Failures after which a run ends: then it is not what is reckoned that is wrong. */
const MAX_FAILED = 5;

/**
 * Reckon everything that is marked and over; again from the beginning when it was killed. What cannot be reckoned holds
 * up nothing else: the first failure is thrown at the end.
 */
export async function runRollups(deps: RollupDeps, signal: AbortSignal): Promise<void> {
  await deps.withScope(everything, takeCalendars);
  const failed: unknown[] = [];
  await work(deps, signal, failed, { level: 'hour', lengthUs: HOUR_US, roll: rollMarkedHour });
  await work(deps, signal, failed, { level: 'day', lengthUs: DAY_AT_MOST_US, roll: rollMarkedDay });
  if (failed.length > 0) throw failed[0];
}

interface Work {
  readonly level: 'hour' | 'day';
  readonly lengthUs: number;
  readonly roll: (deps: RollupDeps, marked: Marked, signal: AbortSignal) => Promise<void>;
}

async function work(deps: RollupDeps, signal: AbortSignal, failed: unknown[], { level, lengthUs, roll }: Work): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    const beforeUs = deps.nowUs() - lengthUs - SETTLE_US + 1;
    const found = await deps.withScope(everything, (client) => listMarked(client, level, beforeUs, TIMES_AT_ONCE + seen.size));
    const fresh = found.filter((marked) => !seen.has(JSON.stringify(marked)));
    if (fresh.length === 0) return;
    for (const marked of fresh) {
      if (signal.aborted || failed.length >= MAX_FAILED) return;
      seen.add(JSON.stringify(marked));
      try {
        await roll(deps, marked, signal);
        deps.done?.(1);
      } catch (error) {
        if (signal.aborted) return;
        failed.push(explain(error, level, marked));
      }
    }
  }
}

const explain = (cause: unknown, level: string, { tenant, site, timeUs }: Marked): Error => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`the ${level} of ${new Date(timeUs / 1000).toISOString()} of site ${site} (${tenant}) could not be summed up: ${why}`, {
    cause,
  });
};

/** One hour of one site in one transaction: killed half-way, it is as it was. */
async function rollMarkedHour(deps: RollupDeps, marked: Marked, signal: AbortSignal): Promise<void> {
  const { tenant, site, timeUs } = marked;
  await deps.partitions.ensure(timeUs, timeUs);
  await deps.withScope({ grants: [{ tenant, site }] }, async (client) => {
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
  });
}

async function rollMarkedDay(deps: RollupDeps, marked: Marked, signal: AbortSignal): Promise<void> {
  const { tenant, site, timeUs } = marked;
  await deps.withScope({ grants: [{ tenant, site }] }, async (client) => {
    const taken = await takeMarks(client, 'day', marked);
    const day = await readCalendar(client, marked);
    for (let at = 0; at < taken.tags.length; at += TAGS_AT_ONCE) {
      signal.throwIfAborted();
      await rollDay({ client, readings: deps.readings }, taken.tags.slice(at, at + TAGS_AT_ONCE), day, timeUs);
    }
    await taken.done();
  });
}
