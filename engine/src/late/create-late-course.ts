import { Flag } from '@kubeplant/words';
import { type Alarm, isInhibited } from '../alarms/alarm.ts';
import { setPending } from '../alarms/change-alarm.ts';
import { settleAlarm } from '../alarms/settle-alarm.ts';
import { slotOf } from '../site/points.ts';
import { finishDelays } from '../site/settle-point.ts';
import { startSite } from '../site/start-site.ts';
import { takeObserved } from '../site/take-observed.ts';
import { takeReading } from '../site/take-reading.ts';
import type { AlarmState, LateFindings, LatestReading } from '../types.ts';
import { createJournalQueue } from './journal-queue.ts';
import { type Found, followHistory, followJournal, identify, joinHeld, type LateTrack, obeyJournal } from './late-track.ts';
import type { LateScope } from './late-scopes.ts';

/** A row of the journal, as far as it matters here. */
export interface JournalMark {
  readonly alarm: string;
  readonly kind: 'Active' | 'Cleared' | 'Retired';
  readonly timeUs: number;
  readonly occurrence: string;
  readonly late: boolean;
  /** By the owner's clock alone: no reading says so. */
  readonly byClock: boolean;
  /** The occurrence had been acknowledged. */
  readonly acknowledged?: boolean;
}

/** A reading of the history of a tag. */
export type HistoryReading = Pick<LatestReading, 'timeUs' | 'value' | 'text' | 'status' | 'flags'>;

interface LateStart {
  readonly scope: LateScope;
  /** Where it begins: at the last reading with a value that is older than `lateFromUs` by `scope.delayUs`, or the last ones without. */
  readonly beginUs: number;
  /** What is marked late before counts as if it had come in time. */
  readonly lateFromUs: number;
  /** Last rows of the journal before it begins: of each alarm the last, and the last that is not late. */
  readonly before: readonly JournalMark[];
}

/**
 * The history of one tag, evaluated from its readings in order of time, those that came late among them, and held
 * against the journal. What the journal lacks is found where late readings change something: from such a reading on until
 * both have agreed for as long as the longest delay after a reading that was not late.
 */
export interface LateCourse {
  /** Rows of the journal, in order; those up to the next reading have to be given before it. */
  journal(rows: readonly JournalMark[]): void;
  reading(reading: HistoryReading): void;
  /** No late reading changes anything any more, unless another one comes. */
  settled(): boolean;
  /** Rows found and not taken yet. */
  found(): number;
  take(): LateFindings;
  /** Nothing follows: the tag was confirmed until then, and all rows of the journal have been given. */
  finish(confirmedUs: number): LateFindings;
}

const createFound = (): Found => ({ transitions: [], joined: [], passed: [] });

export function createLateCourse({ scope, beginUs, lateFromUs, before }: LateStart): LateCourse {
  const { device, tag, model, delayUs } = scope;
  const site = startSite({ model, alarms: [], latest: [], epoch: 0, nowUs: beginUs });
  for (const [alarm, state] of activeAt(site.alarms, before)) alarm.state = state;
  const slot = slotOf(site.points, device, tag);
  const tracks = createTracks(scope, before);
  const queue = createJournalQueue();
  let found = createFound();
  /** Late readings may change something. */
  let open = false;
  /** The first reading after them that was not late. */
  let seamUs: number | undefined;
  /** Neither has changed since. */
  let sameSinceUs = -Infinity;
  let untilUs = beginUs;

  /** Where nothing came late the journal is right, whatever the history makes of it: a delay may have begun before it does. */
  const obeyUntil = (timeUs: number): void => {
    for (const row of queue.take(timeUs)) {
      const [track, alarm] = [tracks.get(row.alarm), site.alarms.get(row.alarm)];
      if (track === undefined || alarm === undefined) continue;
      obeyJournal(track, row);
      finishDelays(site, slot, row.timeUs);
      const isStanding = row.kind === 'Active';
      if (row.byClock || alarm.state.active === isStanding) continue;
      setPending(site, alarm, undefined, row.timeUs);
      alarm.state = { ...alarm.state, active: isStanding };
      settleAlarm(site, alarm, row.timeUs);
    }
    site.transitions = [];
  };
  const compareUntil = (timeUs: number): void => {
    for (const row of queue.take(timeUs)) {
      const track = tracks.get(row.alarm);
      if (track !== undefined) followJournal(track, row, found);
      sameSinceUs = row.timeUs;
    }
  };
  const takeTransitions = (): void => {
    for (const row of site.transitions.splice(0)) {
      compareUntil(row.timeUs);
      const track = tracks.get(row.alarm);
      if (track === undefined || (row.kind !== 'Active' && row.kind !== 'Cleared')) continue;
      followHistory(track, row, queue.find({ ...row, kind: row.kind }), found);
      sameSinceUs = row.timeUs;
    }
  };
  const agrees = (): boolean =>
    alarmsOf(tracks, site.alarms).every(([{ live, recorded }, alarm]) => {
      const { active, pendingSinceUs = Infinity } = alarm.state;
      const isSame = (live !== undefined) === active && recorded === active;
      // A bad value may hold a delay up.
      return isSame && (pendingSinceUs >= (seamUs ?? Infinity) || isInhibited(alarm));
    });
  const joinAll = (): void => {
    for (const track of tracks.values()) if (track.live !== undefined) joinHeld(track, track.live, found);
  };
  const closeAt = (timeUs: number): void => {
    seamUs ??= timeUs;
    if (timeUs < Math.max(seamUs, sameSinceUs) + delayUs || !agrees()) return;
    joinAll();
    open = false;
  };
  const take = (): LateFindings => {
    const taken = { ...found, open: [], pending: [] };
    found = createFound();
    return taken;
  };
  return {
    journal: queue.add,
    reading: ({ timeUs, value, text, status, flags }) => {
      const isLate = (flags & Flag.Late) !== 0 && timeUs >= lateFromUs;
      if (!open) {
        obeyUntil(timeUs - 1);
        finishDelays(site, slot, timeUs - 1);
        site.transitions = [];
      }
      takeReading(site, slot, { timeUs, value, text, status, flags });
      untilUs = timeUs;
      if (!open && !isLate) return obeyUntil(timeUs);
      takeTransitions();
      compareUntil(timeUs);
      if (!isLate) return closeAt(timeUs);
      open = true;
      seamUs = undefined;
    },
    settled: () => !open,
    found: () => found.transitions.length,
    take,
    finish: (confirmedUs) => {
      if (!open) return take();
      const own = site.devices.get(device);
      if (own !== undefined && confirmedUs > untilUs) takeObserved(site, own, confirmedUs);
      takeTransitions();
      compareUntil(Infinity);
      joinAll();
      return { ...take(), ...endOf(alarmsOf(tracks, site.alarms), Math.max(untilUs, confirmedUs)) };
    },
  };
}

/** What goes on beyond the history. */
const endOf = (all: readonly [LateTrack, Alarm][], untilUs: number): Pick<LateFindings, 'open' | 'pending'> => ({
  open: all.flatMap(([{ held }]) => (held === undefined ? [] : [identify(held)])),
  pending: all.flatMap(
    ([
      ,
      {
        state: { id: alarm, pending, pendingSinceUs: sinceUs },
      },
    ]) => (pending === undefined || sinceUs === undefined ? [] : [{ alarm, pending, sinceUs, untilUs }]),
  ),
});

function createTracks({ definitions }: LateScope, before: readonly JournalMark[]): Map<string, LateTrack> {
  const tracks = new Map<string, LateTrack>(
    definitions.map(({ id }) => [id, { live: undefined, recorded: false, occurrence: undefined, held: undefined }]),
  );
  for (const row of before) {
    const track = tracks.get(row.alarm);
    if (track !== undefined) obeyJournal(track, row);
  }
  return tracks;
}

const alarmsOf = (tracks: ReadonlyMap<string, LateTrack>, alarms: ReadonlyMap<string, Alarm>): [LateTrack, Alarm][] =>
  [...tracks].flatMap(([id, track]): [LateTrack, Alarm][] => {
    const alarm = alarms.get(id);
    return alarm === undefined ? [] : [[track, alarm]];
  });

/** Alarms that were active where it begins, as far as readings say so. */
function activeAt(alarms: ReadonlyMap<string, Alarm>, before: readonly JournalMark[]): [Alarm, AlarmState][] {
  const last = new Map(before.filter(({ byClock }) => !byClock).map((row) => [row.alarm, row]));
  return [...alarms].flatMap(([id, alarm]): [Alarm, AlarmState][] => {
    const row = last.get(id);
    if (row?.kind !== 'Active') return [];
    const acknowledged = row.acknowledged === true || alarm.definition.acknowledge === 'NotRequired';
    return [[alarm, { ...alarm.state, active: true, acknowledged, occurrence: row.occurrence, activeTimeUs: row.timeUs }]];
  });
}
