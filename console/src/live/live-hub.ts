import { type Client, createLiveClient, type LiveClient, type LiveState } from '@kubeplant/api-client';
import { type AlarmStore, createAlarmStore } from './alarm-store.ts';

/** The one live connection of the page: values, alarms, and whether they are fresh. */
export interface LiveHub {
  readonly live: LiveClient;
  readonly alarms: AlarmStore;
  state(): LiveState;
  subscribeState(listener: () => void): () => void;
  close(): void;
}

export function createLiveHub(client: Pick<Client, 'accessToken'>, baseUrl: string): LiveHub {
  const listeners = new Set<() => void>();
  const live = createLiveClient({
    baseUrl,
    token: client.accessToken,
    onState: () => {
      for (const listener of [...listeners]) listener();
    },
  });
  return {
    live,
    alarms: createAlarmStore(live),
    state: live.state,
    subscribeState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: live.close,
  };
}
