import { Block, type Lost, type Observed, type OutOfWindow, type TextReading } from '@kubeplant/proto';
import { encodeColumns, MAX_HEADERS_BYTES, MAX_ROW_BYTES } from './encode-columns.ts';

/** A reading on its way into a block. Times are microseconds since 1970. */
export interface BlockReading {
  /** Number in the run's dictionary. */
  readonly tag: number;
  readonly timeUs: number;
  readonly receivedUs: number;
  readonly value: number | string | undefined;
  readonly status: number;
  readonly flags: number;
  /** Numbers only: the device's own time, where it was outside the accepted window. */
  readonly originalUs?: number | undefined;
}

/** A block in the making. The columns of numbers have room for a whole block and are used again for the next. */
export interface BlockColumns {
  readings: number;
  textCharacters: number;
  lastTimeUs: number;
  /** Earliest and latest time of its readings and spans. */
  fromUs: number;
  untilUs: number;
  anyStatus: number;
  anyFlags: number;
  anyReceivedDelta: boolean;
  /** Rows of numbers. */
  rows: number;
  readonly tag: Uint32Array;
  readonly timeDeltaUs: Float64Array;
  readonly value: Float64Array;
  readonly status: Uint16Array;
  readonly flags: Uint32Array;
  readonly receivedDeltaUs: Float64Array;
  /** Where the columns are encoded. */
  readonly encoded: Buffer;
  readonly texts: TextReading[];
  readonly observed: Observed[];
  readonly lastSpan: Map<number, Observed>;
  readonly outOfWindow: OutOfWindow[];
}

/** Empty columns with room for so many readings. */
export function createColumns(maxReadings: number): BlockColumns {
  return {
    ...emptyTotals(),
    tag: new Uint32Array(maxReadings),
    timeDeltaUs: new Float64Array(maxReadings),
    value: new Float64Array(maxReadings),
    status: new Uint16Array(maxReadings),
    flags: new Uint32Array(maxReadings),
    receivedDeltaUs: new Float64Array(maxReadings),
    encoded: Buffer.allocUnsafeSlow(maxReadings * MAX_ROW_BYTES + MAX_HEADERS_BYTES),
    texts: [],
    observed: [],
    lastSpan: new Map(),
    outOfWindow: [],
  };
}

const emptyTotals = () => ({
  readings: 0,
  textCharacters: 0,
  lastTimeUs: 0,
  fromUs: Number.POSITIVE_INFINITY,
  untilUs: Number.NEGATIVE_INFINITY,
  anyStatus: 0,
  anyFlags: 0,
  anyReceivedDelta: false,
  rows: 0,
});

/** Make them empty. */
export function clearColumns(columns: BlockColumns): void {
  Object.assign(columns, emptyTotals());
  columns.texts.length = 0;
  columns.observed.length = 0;
  columns.lastSpan.clear();
  columns.outOfWindow.length = 0;
}

/** Add a row of numbers; NaN stands for no value. There must be room for it. */
export function addNumber(columns: BlockColumns, reading: BlockReading): void {
  const { timeUs, receivedUs, value, status, flags, originalUs } = reading;
  const row = columns.rows++;
  if (originalUs !== undefined) columns.outOfWindow.push({ row, originalUs });
  columns.tag[row] = reading.tag;
  columns.timeDeltaUs[row] = timeUs - columns.lastTimeUs;
  columns.lastTimeUs = timeUs;
  widen(columns, timeUs, timeUs);
  columns.value[row] = typeof value === 'number' ? value : Number.NaN;
  columns.status[row] = status;
  columns.flags[row] = flags;
  columns.receivedDeltaUs[row] = receivedUs - timeUs;
  columns.anyStatus |= status;
  columns.anyFlags |= flags;
  columns.anyReceivedDelta ||= receivedUs !== timeUs;
}

/** Add a text. */
export function addText(columns: BlockColumns, { tag, timeUs, receivedUs, value, status, flags }: BlockReading): void {
  const text = typeof value === 'string' ? value : undefined;
  columns.texts.push({ tag, timeUs, value: text, status, flags, receivedDeltaUs: receivedUs - timeUs });
  columns.textCharacters += text?.length ?? 0;
  widen(columns, timeUs, timeUs);
}

/** Make the span of the block hold from … until. */
export function widen(columns: BlockColumns, fromUs: number, untilUs: number): void {
  if (fromUs < columns.fromUs) columns.fromUs = fromUs;
  if (untilUs > columns.untilUs) columns.untilUs = untilUs;
}

/** The serialized `Block`; columns that say nothing are left empty. */
export function encodeBlock(columns: BlockColumns, run: string, seq: number, lost: readonly Lost[]): Buffer {
  const { texts, observed, outOfWindow, encoded } = columns;
  const none = { tag: [], timeDeltaUs: [], value: [], status: [], flags: [], receivedDeltaUs: [] };
  const rest = Block.encode({ ...none, run, seq, texts, observed, outOfWindow, droppedBefore: 0, lost: [...lost] }).finish();
  const size = encodeColumns(
    {
      ...columns,
      status: columns.anyStatus === 0 ? undefined : columns.status,
      flags: columns.anyFlags === 0 ? undefined : columns.flags,
      receivedDeltaUs: columns.anyReceivedDelta ? columns.receivedDeltaUs : undefined,
    },
    encoded,
  );
  const bytes = Buffer.allocUnsafeSlow(rest.length + size);
  bytes.set(rest);
  bytes.set(encoded.subarray(0, size), rest.length);
  return bytes;
}
