import { createLogger } from '@kubeplant/kit';
import type { BlockBuffer, Delivery } from '../../block/block-buffer.ts';
import { type BlockBuilder, createBlockBuilder } from '../../block/create-block-builder.ts';
import { createRunDictionary } from '../../block/create-run-dictionary.ts';
import type { FileSystem } from '../../log/file-system.ts';
import { LogBuffer } from '../../log/log-buffer.ts';
import type { LogLimits } from '../../log/log-deps.ts';
import type { FakeClock } from '../create-fake-clock.ts';
import type { ModelRow } from './model-database.ts';
import { createModelLink, type ModelLink } from './model-link.ts';

/** A block as the model remembers it. */
export interface CutBlock {
  readonly run: string;
  readonly seq: number;
  readonly disk: string;
  readonly rows: readonly ModelRow[];
  /** The collector has said that it survives a loss of power. */
  isSafe: boolean;
  /** It may be missing: what it was kept in is gone. */
  isExcused: boolean;
}

/** One life of a collector process. */
export interface ModelProcess {
  readonly buffer: BlockBuffer;
  readonly link: ModelLink;
  /** Read a value from the field, if this collector may. */
  poll(value: number): void;
  /** A source waits until all of it is safe. */
  wait(): void;
  /** Remember what is safe by now. */
  look(): void;
  /** Its folder was removed: it finds out within five seconds, and what it keeps until then is gone. */
  loseFolder(): void;
  /** It has ended, with the power or without: nothing of it happens any more. */
  die(): void;
}

/** What a process is started with. */
export interface ModelProcessOptions {
  readonly fs: FileSystem;
  readonly clock: FakeClock;
  readonly run: string;
  readonly disk: string;
  readonly limits: LogLimits;
  readonly maxBytes: number;
  /** By `run:seq`. */
  readonly blocks: Map<string, CutBlock>;
  /** What is committed before it is written is not written: a database that comes back cannot ask for it. */
  readonly isCommitted: (run: string, seq: number) => boolean;
  /** What a mutation makes of a delivery. */
  readonly disguise: (delivery: Delivery) => Delivery;
}

const NOTICED_WITHIN_MS = 6000;
const BLOCK_READINGS = 50;
/** Every so many readings another tag comes: the dictionary grows. */
const READINGS_PER_TAG = 7;
const TAGS = 5;

const log = createLogger({ name: 'test', level: 'silent' });

/** Start the collector's buffer, builder and session; the field and the wire are the caller's. */
export function startModelProcess(options: ModelProcessOptions): ModelProcess {
  const { clock, run, disk, blocks } = options;
  const dictionary = createRunDictionary(run);
  const own: CutBlock[] = [];
  let rows: ModelRow[] = [];
  let isDead = false;
  let readings = 0;
  let blindUntilMs = 0;

  const buffer = openLog(options, dictionary, { onDiskLoss: () => builder.tellLost(), onFormerRuns: () => link.disconnect() });
  const builder: BlockBuilder = createBlockBuilder({
    run,
    clock,
    maxReadings: BLOCK_READINGS,
    takeLost: () => buffer.takeLost(),
    onBlock: (block) => {
      if (isDead) return;
      const { seq } = block;
      const cut = { run, seq, disk, rows, isSafe: false, isExcused: clock.monotonicMs() <= blindUntilMs };
      blocks.set(`${run}:${seq}`, cut);
      own.push(cut);
      rows = [];
      buffer.append(block);
      link.pump();
    },
  });
  const link = createModelLink({ buffer, dictionary, clock, instance: disk, onStandby: () => builder.flush() });

  const makeSafe = (cut: readonly CutBlock[]): void => {
    for (const block of cut) block.isSafe ||= !options.isCommitted(run, block.seq);
  };

  return {
    buffer,
    link,
    poll: (value) => {
      if (!link.mayPoll) return;
      const name = `tag-${Math.floor(readings++ / READINGS_PER_TAG) % TAGS}`;
      const tag = dictionary.tagId('tank', { name, text: false, simulated: false });
      const timeUs = clock.nowUs() + value; // no two at the same time
      rows.push({ tag: name, timeUs, value });
      builder.add({ tag, timeUs, receivedUs: timeUs, value, status: 0, flags: 0 });
    },
    wait: () => {
      builder.flush();
      const waiting = [...own];
      void buffer.synced().then((isSafe) => isSafe && !isDead && makeSafe(waiting));
    },
    look: () => {
      if (buffer.isKept()) makeSafe(own);
    },
    loseFolder: () => {
      blindUntilMs = clock.monotonicMs() + NOTICED_WITHIN_MS;
    },
    die: () => {
      isDead = true;
      link.disconnect();
      for (const block of own) block.isExcused ||= !block.isSafe;
    },
  };
}

function openLog(
  { fs, clock, limits, maxBytes, disk, disguise }: ModelProcessOptions,
  dictionary: ReturnType<typeof createRunDictionary>,
  events: { readonly onDiskLoss: () => void; readonly onFormerRuns: () => void },
): BlockBuffer {
  const buffer = new LogBuffer({
    ...events,
    ...{ fs, clock, dictionary, log, maxBytes, folder: '/log' },
    limits: () => limits,
    holder: { pid: 1, host: disk },
    isAlive: () => false,
    onCommitted: () => {},
    onLost: () => {},
  });
  const deliver = buffer.deliver.bind(buffer);
  buffer.deliver = (how) => disguise(deliver(how));
  return buffer;
}
