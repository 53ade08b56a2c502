import { createLogger } from '@kubeplant/kit';
import { Block, type Lost } from '@kubeplant/proto';
import type { BlockBuffer, Delivery, EncodedBlock, Outgoing } from '../block/block-buffer.ts';
import { createRunDictionary, type RunDictionary } from '../block/create-run-dictionary.ts';
import { LogBuffer } from '../log/log-buffer.ts';
import type { FileSystem } from '../log/file-system.ts';
import type { LogLimits } from '../log/log-deps.ts';
import type { Clock } from '../driver.ts';

/** A log buffer of one process, and blocks for it. */
export interface LogRig {
  readonly buffer: BlockBuffer;
  readonly dictionary: RunDictionary;
  readonly lost: Lost[];
  readonly committed: number[];
  readonly formerRuns: number;
  /** Append so many blocks; each has one reading whose value is its `seq`, at the present time. `observedUs`: it also says what was observed so long before. */
  add(count?: number, extraBytes?: number, observedUs?: number): void;
}

/** How a rig is set up. */
export interface LogRigOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly run?: string;
  readonly folder?: string;
  readonly maxBytes?: number;
  readonly limits?: Partial<LogLimits>;
  readonly holder?: { readonly pid: number; readonly host: string };
  readonly isAlive?: (pid: number) => boolean;
}

/** Begin a process of run `run` with a log in `folder`. */
export function createLogRig({ fs, clock, run = '01RUN', ...options }: LogRigOptions): LogRig {
  const dictionary = createRunDictionary(run);
  const lost: Lost[] = [];
  const committed: number[] = [];
  let seq = 0;
  let formerRuns = 0;
  const buffer = new LogBuffer({
    fs,
    clock,
    dictionary,
    folder: options.folder ?? '/log',
    log: createLogger({ name: 'test', level: 'silent' }),
    limits: () => ({ maxAgeMs: 72 * 3_600_000, maxSizeBytes: 2 ** 31, syncIntervalMs: 1000, ...options.limits }),
    maxBytes: options.maxBytes ?? 64 << 20,
    holder: options.holder ?? { pid: 1, host: 'here' },
    isAlive: options.isAlive ?? (() => false),
    onCommitted: (blocks) => committed.push(blocks),
    onLost: (one) => lost.push(one),
    onDiskLoss: () => {},
    onFormerRuns: () => {
      formerRuns++;
    },
  });
  return {
    buffer,
    dictionary,
    lost,
    committed,
    get formerRuns() {
      return formerRuns;
    },
    add: (count = 1, extraBytes = 0, observedUs = 0) => {
      for (let i = 0; i < count; i++) {
        const block = makeBlock(dictionary, ++seq, clock, buffer.takeLost(), extraBytes);
        buffer.append({ ...block, fromUs: block.fromUs - observedUs });
      }
    },
  };
}

function makeBlock(dictionary: RunDictionary, seq: number, clock: Clock, lost: readonly Lost[], extraBytes: number): EncodedBlock {
  const tag = dictionary.tagId('tank', { name: 'level', text: false, simulated: false });
  const timeUs = clock.nowUs();
  const { run } = dictionary;
  const texts = extraBytes > 0 ? [{ tag, timeUs, value: 'x'.repeat(extraBytes), status: 0, flags: 0, receivedDeltaUs: 0 }] : [];
  const block: Block = {
    run,
    seq,
    tag: [tag],
    timeDeltaUs: [timeUs],
    value: [seq],
    status: [],
    flags: [],
    receivedDeltaUs: [],
    texts,
    observed: [],
    outOfWindow: [],
    droppedBefore: 0,
    lost: [...lost],
  };
  const bytes = Buffer.from(Block.encode(block).finish());
  return { run, seq, bytes, readings: 1, fromUs: timeUs, untilUs: timeUs, lost, cutMs: clock.monotonicMs() };
}

/** Let promises and what follows from them happen. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** All that a delivery gives until nothing more comes. */
export async function takeAll(delivery: Delivery): Promise<Outgoing[]> {
  const all: Outgoing[] = [];
  for (let idle = 0; idle < 3; ) {
    const out = delivery.nextLive() ?? delivery.nextBacklog();
    if (out) {
      all.push(out);
      idle = 0;
    } else {
      idle++;
      await settle();
    }
  }
  return all;
}

/** What was sent, short: `run:seq`, or `dictionary run`. */
export const nameOut = (out: Outgoing): string => (out.kind === 'block' ? `${out.run}:${out.seq}` : `dictionary ${out.value.run}`);
