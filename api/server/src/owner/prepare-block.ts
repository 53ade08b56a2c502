import type { FastSiteEngine } from '@kubeplant/engine';
import type { Block, TextReading } from '@kubeplant/proto';
import { Flag, isBad, Status } from '@kubeplant/words';
import { HistoryRows } from '../store/history-rows.ts';
import { acceptReceived, isInWindow } from './accept-time.ts';
import type { PreparedBlock, QuarantineRow } from './prepared.ts';
import type { BlockEntries, RunTagEntry } from './run-dictionary.ts';
import type { Series } from './series.ts';

const MAX_TEXT_BYTES = 4096;
const REPLACED = Flag.TimeInvalid | Flag.TimeIsReceived;

interface Deps {
  readonly engine: FastSiteEngine;
  /** What the tag numbers of the block's rows mean. */
  readonly entries: BlockEntries;
  /** Series that changed are added here. */
  readonly dirty: Series[];
  readonly shard: string;
  readonly arrivalUs: number;
}

interface Rows {
  readonly history: HistoryRows;
  readonly refused: Map<RunTagEntry, { firstRow: number; readings: [number, number | string | null, number, number][] }>;
  fromUs: number;
  untilUs: number;
  late: number;
  lateFromUs: number;
  lateUntilUs: number;
}

/** A reading with its time as sent and as it will be stored. */
interface Timed {
  readonly originalUs: number;
  readonly timeUs: number;
  readonly receivedUs: number;
}

/** Evaluate a block's readings and encode them for the database. Total: whatever the numbers are. */
export function prepareBlock(deps: Deps, block: Block, bytes: number): PreparedBlock {
  const count = block.tag.length;
  const rows: Rows = {
    history: new HistoryRows(count),
    refused: new Map(),
    fromUs: Number.POSITIVE_INFINITY,
    untilUs: Number.NEGATIVE_INFINITY,
    late: 0,
    lateFromUs: Number.POSITIVE_INFINITY,
    lateUntilUs: Number.NEGATIVE_INFINITY,
  };
  deps.engine.setCause(block.run, block.seq);
  prepareNumbers(deps, block, rows);
  for (const [index, reading] of block.texts.entries()) prepareText(deps, reading, deps.entries.texts[index], rows, count + index);
  if (block.outOfWindow.length > 0) keepOriginals(deps, block, rows);
  return {
    shard: deps.shard,
    run: block.run,
    seq: block.seq,
    readings: rows.history.readings(),
    parts: rows.history.parts(),
    rows: rows.history.rows,
    late: rows.late,
    lateSpan: rows.lateFromUs <= rows.lateUntilUs ? { fromUs: rows.lateFromUs, untilUs: rows.lateUntilUs } : undefined,
    bytes,
    fromUs: rows.fromUs,
    untilUs: rows.untilUs,
    quarantined: [...rows.refused].map(([entry, refused]) => toQuarantine(deps.shard, block, entry, refused)),
  };
}

function prepareNumbers(deps: Deps, block: Block, rows: Rows): void {
  const { tag, timeDeltaUs, value: values, status: statuses, flags: allFlags, receivedDeltaUs } = block;
  let sentUs = 0;
  for (let row = 0; row < tag.length; row += 1) {
    sentUs += timeDeltaUs[row] ?? 0;
    const entry = deps.entries.numbers[row];
    if (entry === undefined) continue; // looked up before: cannot be
    const value = values[row] ?? Number.NaN;
    const status = statusOf(value, statuses.length === 0 ? 0 : (statuses[row] ?? 0));
    const flags = allFlags.length === 0 ? 0 : (allFlags[row] ?? 0);
    const series = entry.series;
    if (series === undefined) {
      refuse(rows, entry, row, [sentUs, Number.isFinite(value) ? value : null, status, flags]);
      continue;
    }
    const time = accept(deps, sentUs, receivedDeltaUs.length === 0 ? 0 : (receivedDeltaUs[row] ?? 0));
    const stored = keepTime(rows, series, time, flags);
    if (isStored(series, time.timeUs, value, undefined, status, stored))
      rows.history
        .numbersOf(series.historyClass)
        .number(series.tagId, time.timeUs, value, (time.receivedUs - time.timeUs) / 1000, status, stored);
    evaluate(deps, series, time, Number.isFinite(value) ? value : Number.NaN, undefined, status, stored, row);
  }
}

function prepareText(deps: Deps, reading: TextReading, entry: RunTagEntry | undefined, rows: Rows, row: number): void {
  if (entry === undefined) return; // looked up before: cannot be
  const { text, truncated } = cleanText(reading.value);
  const status = text === undefined && !isBad(reading.status) ? Status.Bad : reading.status;
  const flags = reading.flags | (truncated ? Flag.Truncated : 0);
  const series = entry.series;
  if (series === undefined) {
    refuse(rows, entry, row, [reading.timeUs, text ?? null, status, flags]);
    return;
  }
  const time = accept(deps, reading.timeUs, reading.receivedDeltaUs);
  const stored = keepTime(rows, series, time, flags);
  if (isStored(series, time.timeUs, Number.NaN, text, status, stored))
    rows.history.textsOf(series.historyClass).text(series.tagId, time.timeUs, text, (time.receivedUs - time.timeUs) / 1000, status, stored);
  evaluate(deps, series, time, Number.NaN, text, status, stored, row);
}

/** No object is made for a series of which all is stored. */
const isStored = (series: Series, timeUs: number, value: number, text: string | undefined, status: number, flags: number): boolean =>
  series.stores === undefined || series.stores({ timeUs, value, text, status, flags });

/** What is no number is no value, and no value is Bad. */
const statusOf = (value: number, status: number): number => (Number.isFinite(value) || isBad(status) ? status : Status.Bad);

function accept(deps: Deps, originalUs: number, receivedDeltaUs: number): Timed {
  const receivedUs = acceptReceived(originalUs + receivedDeltaUs, deps.arrivalUs);
  return { originalUs, receivedUs, timeUs: isInWindow(originalUs, receivedUs) ? originalUs : receivedUs };
}

/** Flags as stored: a replaced time is marked, its original kept; late is what is older than the newest evaluated. */
function keepTime(rows: Rows, series: Series, time: Timed, flags: number): number {
  if (time.timeUs < rows.fromUs) rows.fromUs = time.timeUs;
  if (time.timeUs > rows.untilUs) rows.untilUs = time.timeUs;
  let stored = flags;
  if (time.timeUs !== time.originalUs) {
    rows.history.outOfWindow.outOfWindow(time.timeUs, series.tagId, time.originalUs);
    stored |= REPLACED;
  }
  if (time.timeUs >= series.timeUs) return stored;
  rows.late += 1;
  if (series.inForce && series.isWatched) {
    rows.lateFromUs = Math.min(rows.lateFromUs, time.timeUs);
    rows.lateUntilUs = Math.max(rows.lateUntilUs, time.timeUs);
  }
  return stored | Flag.Late;
}

function evaluate(
  deps: Deps,
  series: Series,
  time: Timed,
  value: number,
  text: string | undefined,
  status: number,
  flags: number,
  row: number,
): void {
  if (time.timeUs < series.timeUs) return;
  series.timeUs = time.timeUs;
  series.value = value;
  series.text = text;
  series.status = status;
  series.flags = flags;
  series.receivedUs = time.receivedUs;
  if (!series.dirty) {
    series.dirty = true;
    deps.dirty.push(series);
  }
  if (!series.inForce) return;
  if (series.isText) deps.engine.textAt(series.slot, time.timeUs, text, status, flags, row);
  else deps.engine.readingAt(series.slot, time.timeUs, value, status, flags, row);
}

/** The collector has replaced these times itself and says what they were. */
function keepOriginals(deps: Deps, block: Block, rows: Rows): void {
  let sentUs = 0;
  const sent = block.timeDeltaUs.map((delta) => {
    sentUs += delta;
    return sentUs;
  });
  for (const { row, originalUs } of block.outOfWindow) {
    const series = deps.entries.numbers[row]?.series;
    if (series !== undefined)
      rows.history.outOfWindow.outOfWindow(accept(deps, sent[row] ?? 0, block.receivedDeltaUs[row] ?? 0).timeUs, series.tagId, originalUs);
  }
}

/** PostgreSQL knows no NUL; devices pad with it. */
function cleanText(value: string | undefined): { text: string | undefined; truncated: boolean } {
  if (value === undefined) return { text: undefined, truncated: false };
  const end = value.indexOf('\0');
  const text = end === -1 ? value : value.slice(0, end);
  if (text.length <= MAX_TEXT_BYTES / 4 || Buffer.byteLength(text) <= MAX_TEXT_BYTES) return { text, truncated: false };
  const cut = new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES), { stream: true });
  return { text: cut, truncated: true };
}

function refuse(rows: Rows, entry: RunTagEntry, row: number, reading: [number, number | string | null, number, number]): void {
  const refused = rows.refused.get(entry);
  if (refused === undefined) rows.refused.set(entry, { firstRow: row, readings: [reading] });
  else refused.readings.push(reading);
}

function toQuarantine(
  shard: string,
  block: Block,
  entry: RunTagEntry,
  refused: { firstRow: number; readings: [number, number | string | null, number, number][] },
): QuarantineRow {
  const unknown = entry.unknownSinceMs !== undefined;
  return {
    shard,
    run: block.run,
    seq: block.seq,
    firstRow: refused.firstRow,
    rows: refused.readings.length,
    device: entry.device,
    tag: entry.tag,
    reason: unknown ? 'UnknownTag' : 'NotInShard',
    detail: unknown ? 'the model of the site does not have this tag' : 'the device is not one of this shard',
    readings: refused.readings,
  };
}
