import type { Lost } from '@kubeplant/proto';
import type { Clock } from '../driver.ts';
import type { EncodedBlock } from './block-buffer.ts';
import { addNumber, addText, type BlockReading, clearColumns, createColumns, encodeBlock, widen } from './block-columns.ts';

/** What a block builder needs. */
export interface BlockBuilderOptions {
  readonly run: string;
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  readonly onBlock: (block: EncodedBlock) => void;
  /** What was lost since it was asked last. */
  readonly takeLost: () => readonly Lost[];
  /** A block is cut at the latest after so many readings … */
  readonly maxReadings?: number;
  /** … or so long after its first reading … */
  readonly readingDelayMs?: number;
  /** … or so long after its first observed span, when there are no readings. */
  readonly observedDelayMs?: number;
}

/** Collects readings into columns and cuts immutable blocks. A reading is copied: the caller may use its object again. */
export interface BlockBuilder {
  add(reading: BlockReading): void;
  addText(reading: BlockReading): void;
  /** The device's tags are confirmed as last sent from … until. Spans that touch become one. */
  observe(device: number, fromUs: number, untilUs: number): void;
  /** Something was lost: tell it soon, even when nothing else is to be told. */
  tellLost(): void;
  /** Cut now; nothing happens when there is nothing. */
  flush(): void;
}

/** Text of a block is bounded apart: 2,000 texts of 4 KiB are half the largest message. */
const MAX_TEXT_CHARACTERS = 1 << 20;

/** A builder for the run `run`: `seq` counts from 1. Each block is encoded once. */
export function createBlockBuilder(options: BlockBuilderOptions): BlockBuilder {
  const { run, clock, onBlock, takeLost, maxReadings = 2000, readingDelayMs = 100, observedDelayMs = 500 } = options;
  let seq = 0;
  const columns = createColumns(maxReadings);
  let cancel = (): void => {};
  let cutAtMs = Number.POSITIVE_INFINITY;

  function cutWithin(delayMs: number): void {
    const atMs = clock.monotonicMs() + delayMs;
    if (atMs >= cutAtMs) return;
    cancel();
    cutAtMs = atMs;
    cancel = clock.setTimer(delayMs, flush);
  }

  function flush(): void {
    cancel();
    cutAtMs = Number.POSITIVE_INFINITY;
    const lost = takeLost();
    const onlyLost = columns.readings === 0 && columns.observed.length === 0;
    if (onlyLost && lost.length === 0) return;
    seq++;
    if (onlyLost) for (const { fromUs, untilUs } of lost) widen(columns, fromUs, untilUs);
    const bytes = encodeBlock(columns, run, seq, lost);
    const { readings, fromUs, untilUs } = columns;
    clearColumns(columns);
    onBlock({ run, seq, bytes, readings, fromUs, untilUs, lost, cutMs: clock.monotonicMs() });
  }

  function added(): void {
    columns.readings++;
    if (columns.readings >= maxReadings || columns.textCharacters >= MAX_TEXT_CHARACTERS) flush();
    else if (columns.readings === 1) cutWithin(readingDelayMs);
  }

  return {
    add: (reading) => {
      addNumber(columns, reading);
      added();
    },
    addText: (reading) => {
      addText(columns, reading);
      added();
    },
    observe: (device, fromUs, untilUs) => {
      widen(columns, fromUs, untilUs);
      const span = columns.lastSpan.get(device);
      if (span && fromUs <= span.untilUs && untilUs >= span.untilUs) {
        span.untilUs = untilUs;
        return;
      }
      const fresh = { device, fromUs, untilUs };
      columns.lastSpan.set(device, fresh);
      columns.observed.push(fresh);
      cutWithin(observedDelayMs);
    },
    tellLost: () => cutWithin(observedDelayMs),
    flush,
  };
}
