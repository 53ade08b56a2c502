import type { JournalEntry, LiveState, LiveTagValue } from '@kubeplant/api-client';
import { useCallback, useEffect, useEffectEvent, useMemo, useSyncExternalStore } from 'react';
import type { StandingAlarms } from './alarm-store.ts';
import { useLiveHub } from './LiveProvider.tsx';

/** Latest value of a tag, followed while the component is there. */
export function useTag(path: string): LiveTagValue | undefined {
  const { live } = useLiveHub();
  const subscribe = useCallback((changed: () => void) => live.subscribeTags([path], changed), [live, path]);
  return useSyncExternalStore(subscribe, () => live.latest(path));
}

/** Hands over every value of these tags as it comes. */
export function useTagStream(paths: readonly string[], onValues: (values: readonly LiveTagValue[]) => void): void {
  const { live } = useLiveHub();
  const key = paths.join(',');
  const handle = useEffectEvent(onValues);
  useEffect(() => live.subscribeTags(key === '' ? [] : key.split(','), (values) => handle(values)), [live, key]);
}

/** Is what is shown fresh? */
export function useLiveState(): LiveState {
  const hub = useLiveHub();
  return useSyncExternalStore(hub.subscribeState, hub.state);
}

/** Values on the screen may be old: the connection is lost or was never there. */
export const useIsOld = (): boolean => {
  const { kind } = useLiveState();
  return kind === 'lost' || kind === 'stopped';
};

/** Alarms that stand, the most urgent first. */
export function useStandingAlarms(): StandingAlarms {
  const { alarms } = useLiveHub();
  return useSyncExternalStore(alarms.subscribe, alarms.standing);
}

/** Calls back with journal rows as they are written. */
export function useJournalTail(onEntries: (entries: readonly JournalEntry[]) => void): void {
  const { alarms } = useLiveHub();
  const handle = useEffectEvent(onEntries);
  useEffect(() => alarms.subscribeJournal((entries) => handle(entries)), [alarms]);
}

/** Standing alarms of some place. */
export function useAlarmsOf(filter: { readonly namespace: string; readonly device: string; readonly tag?: string }): StandingAlarms {
  const { loaded, alarms } = useStandingAlarms();
  const { namespace, device, tag } = filter;
  return useMemo(
    () => ({
      loaded,
      alarms: alarms.filter(
        (alarm) => alarm.namespace === namespace && alarm.device === device && (tag === undefined || alarm.tag === tag),
      ),
    }),
    [loaded, alarms, namespace, device, tag],
  );
}
