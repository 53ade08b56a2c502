import type { Hello } from '@kubeplant/proto';
import type { EventRow } from './prepared.ts';
import { RangeSet } from './range-set.ts';
import type { RunProgressState, ShardLink } from './shard-link.ts';

/** Blocks that were acknowledged, by shard. */
type KnownLinks = ReadonlyMap<string, { readonly shard: string; readonly runs: ReadonlyMap<string, Pick<RunProgressState, 'committed'>> }>;

/** What this process knew of the database before it loaded the site again. */
export interface Known {
  readonly links: KnownLinks;
  /** When something was committed last; undefined: nothing was. */
  readonly recordedUs: number | undefined;
}

/** What the database holds now. */
interface Stored {
  readonly links: ReadonlyMap<string, ShardLink>;
  /** It lacks an epoch that was given. */
  readonly wentBack: boolean;
  /** Newest time of a reading or a confirmation. */
  readonly newestUs: number;
}

/** Journalled when the database has gone back in time. What collectors still hold comes again; the rest of the span is a gap. */
export function restoredEvents(known: Known | undefined, stored: Stored, nowUs: number): EventRow[] {
  const blocks = known === undefined ? 0 : countMissing(known.links, stored.links);
  if (blocks === 0 && !stored.wentBack) return [];
  const from = Number.isFinite(stored.newestUs) ? stored.newestUs : undefined;
  const until = known?.recordedUs ?? nowUs;
  const message =
    `the database was restored to an earlier point: readings ${from === undefined ? '' : `after ${iso(from)} `}until ${iso(until)} ` +
    'are there only as far as collectors still hold them';
  return [{ timeUs: nowUs, kind: 'HistoryRestored', message, details: { fromUs: from ?? null, untilUs: until, blocks } }];
}

/** Runs, and ranges of each, that are looked at of what a collector says: it has few, and whoever says more is not to hold the api up. */
const MAX_TOLD = 100;

/** What is journalled when a collector comes. */
export type RestoredCheck = (hello: Pick<Hello, 'shard' | 'committed'>, nowUs: number) => EventRow[];

/** The same by what a collector was told is committed; once, and not when it is journalled already: all of a site will say so. */
export function createRestoredCheck(loaded: Omit<Stored, 'wentBack'> & { readonly isJournalled: boolean }): RestoredCheck {
  let { isJournalled } = loaded;
  return ({ shard, committed }, nowUs) => {
    if (isJournalled) return [];
    const runs = new Map(
      committed.slice(0, MAX_TOLD).map((one) => [one.run, { committed: new RangeSet(one.committed.slice(0, MAX_TOLD)) }]),
    );
    const known = { links: new Map([[shard, { shard, runs }]]), recordedUs: undefined };
    const events = restoredEvents(known, { ...loaded, wentBack: false }, nowUs);
    isJournalled = events.length > 0;
    return events;
  };
}

function countMissing(known: KnownLinks, stored: Stored['links']): number {
  let missing = 0;
  for (const { shard, runs } of known.values()) {
    for (const [run, { committed }] of runs) {
      const there = stored.get(shard)?.runs.get(run)?.committed ?? new RangeSet();
      if (!there.hasAll(committed.ranges())) missing += Math.max(1, committed.count() - there.count());
    }
  }
  return missing;
}

const iso = (us: number): string => new Date(us / 1000).toISOString();
