import type { LiveValue } from '../ports.ts';
import type { Shown } from './batch.ts';
import type { Catalogue } from './catalogue.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { isDataError } from './data-error.ts';
import type { DeviceBoard } from './device-board.ts';
import type { CommittedValue } from './prepared.ts';
import { newestOf } from './series.ts';
import type { OwnerDeps } from './session.ts';
import { toLiveValue } from './show-values.ts';

/** What is committed, or evaluated while the database is away, goes to the screen at once and to the checkpoint from time to time. */
export interface Publisher {
  show(shown: Shown): void;
  /** The latest values of devices again, with or without the overlay. */
  showDevices(devices: readonly string[]): void;
  showAll(): void;
  checkpoint(): Promise<void>;
}

export function createPublisher(
  deps: OwnerDeps,
  place: { readonly tenant: string; readonly site: string },
  catalogue: Catalogue,
  board: DeviceBoard,
): Publisher {
  const latest = new Map<number, CommittedValue>();
  let unsaved = new Map<number, CommittedValue>();
  for (const series of catalogue.all()) if (Number.isFinite(series.timeUs)) latest.set(series.tagId, newestOf(series));
  const publish = (values: readonly CommittedValue[]): void => {
    const shown: LiveValue[] = [];
    for (const value of values) if (value.series.inForce) shown.push(toLiveValue(place, value, board.offline.has(value.series.device)));
    if (shown.length > 0) deps.hub.publishValues(shown);
  };
  return {
    show: ({ values, states, transitions }) => {
      for (const value of values) {
        latest.set(value.series.tagId, value);
        unsaved.set(value.series.tagId, value);
      }
      publish(values);
      if (states.length > 0 || transitions.length > 0)
        deps.hub.publishAlarms({ tenant: place.tenant, site: place.site, states, transitions });
    },
    showDevices: (devices) =>
      publish(devices.flatMap((device) => catalogue.of(device).flatMap((series) => latest.get(series.tagId) ?? []))),
    showAll: () => publish([...latest.values()]),
    checkpoint: async () => {
      const saving = unsaved;
      unsaved = new Map();
      try {
        await writeCheckpoint(deps.store.pool, [...saving.values()]);
      } catch (error) {
        if (!isDataError(error)) {
          unsaved = new Map([...saving, ...unsaved]);
          throw error;
        }
        deps.log.error({ err: error, ...place }, 'the checkpoint of latest values was refused');
      }
    },
  };
}
