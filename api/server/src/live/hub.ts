import type { LiveAlarms, LiveHub, LiveValue } from '../ports.ts';

/** Last values in memory and who wants to know. A listener that throws is a bug and is not caught here. */
export function createLiveHub(): LiveHub {
  const latest = new Map<string, Map<string, LiveValue>>();
  const valueListeners = new Set<(values: readonly LiveValue[]) => void>();
  const alarmListeners = new Set<(event: LiveAlarms) => void>();
  return {
    publishValues(values) {
      for (const value of values) {
        let tenant = latest.get(value.tenant);
        if (tenant === undefined) {
          tenant = new Map();
          latest.set(value.tenant, tenant);
        }
        tenant.set(value.path, value);
      }
      for (const listener of valueListeners) listener(values);
    },
    publishAlarms(event) {
      for (const listener of alarmListeners) listener(event);
    },
    latest: (tenant, path) => latest.get(tenant)?.get(path),
    forget(tenant, site) {
      const values = latest.get(tenant);
      for (const [path, value] of values ?? []) if (value.site === site) values?.delete(path);
      if (values?.size === 0) latest.delete(tenant);
    },
    onValues(listener) {
      valueListeners.add(listener);
      return () => valueListeners.delete(listener);
    },
    onAlarms(listener) {
      alarmListeners.add(listener);
      return () => alarmListeners.delete(listener);
    },
  };
}
