import type { HistoryClass } from '@kubeplant/crds/model';
import type { Origin } from '@kubeplant/words';
import type { TagId } from '../ports.ts';
import type { HistoryFilter } from './history-filter.ts';
import type { CommittedValue } from './prepared.ts';

/** A series of readings: a tag with its origin, and its newest reading as evaluated. */
export interface Series {
  readonly tagId: TagId;
  readonly device: string;
  readonly tag: string;
  readonly origin: Origin;
  /** `namespace/device/tag` */
  readonly path: string;
  /** In the model, with the origin that is in force: evaluated and shown. */
  inForce: boolean;
  /** It has alarms that its late readings are held against. */
  isWatched: boolean;
  /** Of a text tag, as the model has it. */
  isText: boolean;
  /** How long it is kept. */
  historyClass: HistoryClass;
  /** Which of its readings are stored; undefined: all. */
  stores: HistoryFilter | undefined;
  /** Its place in the engine; -1: none. */
  slot: number;
  /** Newest time evaluated; -Infinity before the first. */
  timeUs: number;
  /** NaN where there is no number. */
  value: number;
  text: string | undefined;
  status: number;
  flags: number;
  receivedUs: number;
  /** Changed since the last commit was cut. */
  dirty: boolean;
}

export const seriesKey = (device: string, tag: string, origin: Origin): string => `${device}/${tag}/${origin}`;

/** A series that has no reading yet. */
export function createSeries(key: Pick<Series, 'tagId' | 'device' | 'tag' | 'origin' | 'path'>): Series {
  return {
    ...key,
    inForce: false,
    isWatched: false,
    isText: false,
    historyClass: 'standard',
    stores: undefined,
    slot: -1,
    timeUs: Number.NEGATIVE_INFINITY,
    value: Number.NaN,
    text: undefined,
    status: 0,
    flags: 0,
    receivedUs: 0,
    dirty: false,
  };
}

/** Its newest reading. */
export function newestOf(series: Series): CommittedValue {
  const { timeUs, value, text, status, flags, receivedUs } = series;
  return { series, timeUs, value, text, status, flags, receivedUs };
}

/** The newest readings of series that changed; they are clean then. */
export function takeValues(dirty: Series[]): CommittedValue[] {
  return dirty.splice(0).map((series) => {
    series.dirty = false;
    return newestOf(series);
  });
}
