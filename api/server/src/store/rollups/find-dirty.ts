import type { TagId } from '../../ports.ts';
import { HOUR_US } from './levels.ts';
import { hourOf } from './mark-dirty.ts';
import type { Span } from './summary.ts';

/** Rows as they are copied, and the range of their times: from after until where there are none. */
export interface CopiedRows {
  readonly parts: readonly Buffer[];
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Time for which a device has been confirmed anew. */
export interface GrownSpan extends Span {
  readonly deviceId: number;
}

/** Hours, counted from 1970, whose sums change. */
export interface Dirty {
  /** Of the whole site. */
  readonly hours: Set<number>;
  /** Hours that are over, by the tags that came late. */
  readonly lateTags: Map<number, Set<TagId>>;
  /** Hours that are over, by the devices confirmed late. */
  readonly lateDevices: Map<number, Set<number>>;
}

const EPOCH_2000_US = 946_684_800_000_000;

interface Changed {
  readonly nowUs: number;
  readonly rows: readonly CopiedRows[];
  readonly grown: readonly GrownSpan[];
}

/** Hours that a commit belongs to: what comes in time costs nothing, of what comes late each row is looked at. */
export function findDirty({ nowUs, rows, grown }: Changed): Dirty {
  const dirty: Dirty = { hours: new Set(), lateTags: new Map(), lateDevices: new Map() };
  const running = hourOf(nowUs);
  for (const { parts, fromUs, untilUs } of rows) {
    if (fromUs > untilUs) continue;
    if (fromUs >= running * HOUR_US) addHours(dirty.hours, fromUs, untilUs);
    else for (const part of parts) findLate(part, running, dirty);
  }
  for (const { deviceId, fromUs, toUs } of grown) {
    for (let hour = hourOf(fromUs); hour < running && hour * HOUR_US < toUs; hour += 1) add(dirty.lateDevices, hour, deviceId);
    if (toUs > running * HOUR_US) addHours(dirty.hours, Math.max(fromUs, running * HOUR_US), toUs - 1);
  }
  return dirty;
}

function addHours(hours: Set<number>, fromUs: number, untilUs: number): void {
  for (let hour = hourOf(fromUs); hour <= hourOf(untilUs); hour += 1) hours.add(hour);
}

function add<T>(map: Map<number, Set<T>>, hour: number, one: T): void {
  const known = map.get(hour);
  if (known === undefined) map.set(hour, new Set([one]));
  else known.add(one);
}

/** A row: 2 bytes, then fields of 4 bytes length and their bytes: time (8), value (any, or -1 for none), tag (4), 4, 2, 2. */
function findLate(rows: Buffer, running: number, { hours, lateTags }: Dirty): void {
  for (let at = 0; at < rows.length; ) {
    const hour = hourOf(rows.readInt32BE(at + 6) * 4_294_967_296 + rows.readUInt32BE(at + 10) + EPOCH_2000_US);
    const valueBytes = Math.max(0, rows.readInt32BE(at + 14));
    const tag = rows.readInt32BE(at + 22 + valueBytes) as TagId; // a row of ours
    at += 46 + valueBytes;
    if (hour >= running) hours.add(hour);
    else add(lateTags, hour, tag);
  }
}
