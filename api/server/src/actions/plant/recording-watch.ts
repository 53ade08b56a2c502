import type { Sites } from '../../ports.ts';

const lookMs = 1000;

/** Remembers since when a site is not recording. */
export interface RecordingWatch {
  /** Milliseconds since 1970; undefined while it records. */
  notRecordingSince(tenant: string, site: string): number | undefined;
  stop(): void;
}

/** Looks at the sites every second, and when it is asked. */
export function createRecordingWatch(sites: Pick<Sites, 'models' | 'recording'>, now: () => number): RecordingWatch {
  const since = new Map<string, number>();
  const look = (): void => {
    const nowMs = now();
    const away = new Set<string>();
    for (const { tenant, site } of sites.models()) if (!sites.recording(tenant, site)) away.add(`${tenant} ${site}`);
    for (const key of since.keys()) if (!away.has(key)) since.delete(key);
    for (const key of away) if (!since.has(key)) since.set(key, nowMs);
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  return {
    notRecordingSince(tenant, site) {
      look();
      return since.get(`${tenant} ${site}`);
    },
    stop: () => clearInterval(timer),
  };
}
