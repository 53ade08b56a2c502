import type { Block, Lost, Observed, OutOfWindow, TextReading } from '@kubeplant/proto';

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

/** A block in the making. */
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
  readonly tag: number[];
  readonly timeDeltaUs: number[];
  readonly value: number[];
  readonly status: number[];
  readonly flags: number[];
  readonly receivedDeltaUs: number[];
  readonly texts: TextReading[];
  readonly observed: Observed[];
  readonly lastSpan: Map<number, Observed>;
  readonly outOfWindow: OutOfWindow[];
}

/** Empty columns. */
export function createColumns(): BlockColumns {
  return {
    readings: 0,
    textCharacters: 0,
    lastTimeUs: 0,
    fromUs: Number.POSITIVE_INFINITY,
    untilUs: Number.NEGATIVE_INFINITY,
    anyStatus: 0,
    anyFlags: 0,
    anyReceivedDelta: false,
    tag: [],
    timeDeltaUs: [],
    value: [],
    status: [],
    flags: [],
    receivedDeltaUs: [],
    texts: [],
    observed: [],
    lastSpan: new Map(),
    outOfWindow: [],
  };
}

/** Add a row of numbers; NaN stands for no value. */
export function addNumber(columns: BlockColumns, { tag, timeUs, receivedUs, value, status, flags, originalUs }: BlockReading): void {
  if (originalUs !== undefined) columns.outOfWindow.push({ row: columns.tag.length, originalUs });
  columns.tag.push(tag);
  columns.timeDeltaUs.push(timeUs - columns.lastTimeUs);
  columns.lastTimeUs = timeUs;
  widen(columns, timeUs, timeUs);
  columns.value.push(typeof value === 'number' ? value : Number.NaN);
  columns.status.push(status);
  columns.flags.push(flags);
  columns.receivedDeltaUs.push(receivedUs - timeUs);
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

/** The message; columns that say nothing are left empty. */
export function toBlock(columns: BlockColumns, run: string, seq: number, lost: readonly Lost[]): Block {
  return {
    run,
    seq,
    tag: columns.tag,
    timeDeltaUs: columns.timeDeltaUs,
    value: columns.value,
    status: columns.anyStatus === 0 ? [] : columns.status,
    flags: columns.anyFlags === 0 ? [] : columns.flags,
    receivedDeltaUs: columns.anyReceivedDelta ? columns.receivedDeltaUs : [],
    texts: columns.texts,
    observed: columns.observed,
    outOfWindow: columns.outOfWindow,
    droppedBefore: 0,
    lost: [...lost],
  };
}
