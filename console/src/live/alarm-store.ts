import type { Alarm, JournalEntry, LiveClient } from '@kubeplant/api-client';
import { byUrgency } from '../alarms/urgency.ts';

/** Alarms that stand now, the most urgent first. `loaded` is false before the first picture. */
export interface StandingAlarms {
  readonly loaded: boolean;
  readonly alarms: readonly Alarm[];
}

/** Keeps the alarms that stand, while somebody looks. */
export interface AlarmStore {
  standing(): StandingAlarms;
  subscribe(listener: () => void): () => void;
  /** Journal rows as they are written. */
  subscribeJournal(listener: (entries: readonly JournalEntry[]) => void): () => void;
}

export function createAlarmStore(live: Pick<LiveClient, 'subscribeAlarms'>): AlarmStore {
  const listeners = new Set<() => void>();
  const journalListeners = new Set<(entries: readonly JournalEntry[]) => void>();
  const byId = new Map<string, Alarm>();
  let standing: StandingAlarms = { loaded: false, alarms: [] };
  let stop: (() => void) | undefined;

  function take(change: Parameters<Parameters<LiveClient['subscribeAlarms']>[0]>[0]): void {
    if (change.replace) byId.clear();
    for (const alarm of change.alarms) {
      const known = byId.get(alarm.id);
      if (known !== undefined && known.occurrence === alarm.occurrence && known.version > alarm.version) continue;
      if (alarm.state === 'NORM') byId.delete(alarm.id);
      else byId.set(alarm.id, alarm);
    }
    standing = { loaded: standing.loaded || change.replace, alarms: [...byId.values()].sort(byUrgency) };
    for (const listener of [...listeners]) listener();
    if (change.journal.length > 0) for (const listener of [...journalListeners]) listener(change.journal);
  }
  function follow<T>(set: Set<T>, listener: T): () => void {
    set.add(listener);
    stop ??= live.subscribeAlarms(take);
    return () => {
      set.delete(listener);
      if (listeners.size + journalListeners.size > 0) return;
      stop?.();
      stop = undefined;
    };
  }
  return {
    standing: () => standing,
    subscribe: (listener) => follow(listeners, listener),
    subscribeJournal: (listener) => follow(journalListeners, listener),
  };
}
