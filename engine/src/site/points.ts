import { Status } from '@kubeplant/words';

/**
 * Last known reading of every tag, in columns: a slot each. A slot is never given to another tag, so whoever keeps one
 * may use it for the life of the engine.
 */
export interface Points {
  count: number;
  /** Time of the newest reading, microseconds; -Infinity before the first. */
  times: Float64Array;
  /** NaN where there is no number. */
  values: Float64Array;
  statuses: Uint16Array;
  flags: Uint16Array;
  /** Readings with a value strictly between these and no Bad status change no alarm. NaN: look at each. */
  quietAbove: Float64Array;
  quietBelow: Float64Array;
  /** 1 where calculated tags read this one. */
  feeds: Uint8Array;
  /** 1 where the link is lost and no reading has said otherwise since. */
  overlays: Uint8Array;
  /** A tag without readings counts as seen then. */
  knownSince: Float64Array;
  readonly texts: (string | undefined)[];
  readonly devices: string[];
  readonly tags: string[];
  readonly slots: Map<string, Map<string, number>>;
}

/** No tags. */
export function createPoints(): Points {
  return {
    ...{ count: 0, texts: [], devices: [], tags: [], slots: new Map() },
    ...{ times: new Float64Array(), values: new Float64Array(), statuses: new Uint16Array(), flags: new Uint16Array() },
    ...{ quietAbove: new Float64Array(), quietBelow: new Float64Array(), knownSince: new Float64Array() },
    ...{ feeds: new Uint8Array(), overlays: new Uint8Array() },
  };
}

/** Slot of a tag; -1 when it is unknown. */
export const slotOf = (points: Points, device: string, tag: string): number => points.slots.get(device)?.get(tag) ?? -1;

/** Slot of a tag, made when it is new. */
export function ensureSlot(points: Points, device: string, tag: string, nowUs: number): number {
  const known = slotOf(points, device, tag);
  if (known >= 0) return known;
  const slot = points.count;
  points.count += 1;
  if (points.count > points.times.length) grow(points, Math.max(64, points.times.length * 2));
  const ofDevice = points.slots.get(device) ?? new Map<string, number>();
  points.slots.set(device, ofDevice.set(tag, slot));
  points.devices[slot] = device;
  points.tags[slot] = tag;
  forgetReading(points, slot, nowUs);
  return slot;
}

/** Back to: nothing received yet. */
export function forgetReading(points: Points, slot: number, nowUs: number): void {
  points.times[slot] = -Infinity;
  points.values[slot] = Number.NaN;
  points.statuses[slot] = Status.BadWaitingForInitialData;
  points.flags[slot] = 0;
  points.texts[slot] = undefined;
  points.overlays[slot] = 0;
  points.knownSince[slot] = nowUs;
  points.quietAbove[slot] = -Infinity;
  points.quietBelow[slot] = Infinity;
}

function grow(points: Points, size: number): void {
  for (const column of ['times', 'values', 'quietAbove', 'quietBelow', 'knownSince'] as const) {
    const wider = new Float64Array(size);
    wider.set(points[column]);
    points[column] = wider;
  }
  for (const column of ['statuses', 'flags'] as const) {
    const wider = new Uint16Array(size);
    wider.set(points[column]);
    points[column] = wider;
  }
  for (const column of ['feeds', 'overlays'] as const) {
    const wider = new Uint8Array(size);
    wider.set(points[column]);
    points[column] = wider;
  }
}
