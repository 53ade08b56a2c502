import type { Lost } from '@kubeplant/proto';
import { Status } from '@kubeplant/words';
import type { BlockBuffer } from '../../../collectors/core/src/block/block-buffer.ts';
import { createBlockBuilder } from '../../../collectors/core/src/block/create-block-builder.ts';
import { createMemoryBuffer } from '../../../collectors/core/src/block/create-memory-buffer.ts';
import { createRunDictionary } from '../../../collectors/core/src/block/create-run-dictionary.ts';
import { createHealthTracker } from '../../../collectors/core/src/device/create-health-tracker.ts';
import type { Clock } from '../../../collectors/core/src/driver.ts';
import { LogBuffer, type LogBufferOptions } from '../../../collectors/core/src/log/log-buffer.ts';
import { createStanding, type StandingRules } from '../../../collectors/core/src/standing/create-standing.ts';
import type { Dial } from '../../../collectors/core/src/uplink/dial-owner.ts';
import { startUplink } from '../../../collectors/core/src/uplink/start-uplink.ts';
import { INERT_TRACER, SILENT } from './silent.ts';
import type { SimDevice } from './sim-device.ts';
import type { Volume } from './sim-disk.ts';
import type { SimProcess, VirtualTime } from './virtual-time.ts';

/** What one start of a collector needs. */
export interface SimCollectorOptions {
  readonly time: VirtualTime;
  readonly process: SimProcess;
  readonly device: SimDevice;
  readonly instance: string;
  readonly run: string;
  readonly dial: Dial;
  readonly rules: StandingRules;
  /** Undefined: it keeps readings in memory. */
  readonly volume: Volume | undefined;
  /** How far its wall clock is off. */
  readonly clockOffsetMs: () => number;
  /** For mutations: what stands between the buffer and all else. */
  readonly wrapBuffer: (buffer: BlockBuffer) => BlockBuffer;
  readonly onLost: (lost: Lost) => void;
}

/** A collector without a protocol: all of the core from the cut of a block to the stream. */
export interface SimCollector {
  readonly process: SimProcess;
  /** Blocks held. */
  held(): number;
  /** Cut the last block; no more is polled. */
  stopPolling(): void;
}

const POLL_MS = 80;
/** So often the source waits until what it has sent is safe. */
const WAIT_EVERY_POLLS = 5;

/** Must be called within the process. */
export function startSimCollector(options: SimCollectorOptions): SimCollector {
  const { time, process, device, run } = options;
  const clock: Clock = {
    nowUs: () => Math.round((time.wallMs + options.clockOffsetMs()) * 1000),
    monotonicMs: () => time.nowMs,
    setTimer: (delayMs, fn) => {
      const timer = setTimeout(fn, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const dictionary = createRunDictionary(run);
  let uplink: ReturnType<typeof startUplink> | undefined;
  let isPolling = true;
  let polls = 0;
  const buffer = options.wrapBuffer(
    createBuffer(options, {
      clock,
      dictionary,
      onCommitted: () => {},
      onLost: options.onLost,
      onDiskLoss: () => builder.tellLost(),
      onFormerRuns: () => uplink?.renew(),
    }),
  );
  const builder = createBlockBuilder({
    run,
    clock,
    takeLost: () => buffer.takeLost(),
    onBlock: (block) => {
      buffer.append(block);
      uplink?.notify();
    },
  });
  const standing = createStanding({ clock, onChange: (polling) => !polling && builder.flush() });
  const health = createHealthTracker(() => ({ heldBlocks: undefined, configRevision: 'r1', devices: [], problem: buffer.problem() }));
  const tag = (name: string): number => dictionary.tagId(device.name, { name, text: false, simulated: false });

  function poll(): void {
    if (!isPolling || !standing.polling) return;
    const timeUs = clock.nowUs();
    const number = device.serve(timeUs, process);
    const reading = { timeUs, receivedUs: timeUs, status: Status.Good, flags: 0 };
    builder.add({ ...reading, tag: tag('number'), value: number });
    builder.add({ ...reading, tag: tag('phase'), value: device.phaseOf(number) });
    builder.observe(dictionary.deviceId(device.name), timeUs - POLL_MS * 1000, timeUs);
    polls += 1;
    if (polls % WAIT_EVERY_POLLS !== 0) return;
    builder.flush();
    void buffer.synced().then((safe) => safe && device.promised(process, number));
  }

  async function link(): Promise<void> {
    await buffer.ready;
    uplink = startUplink({
      endpoint: 'api:8443',
      readCredentials: () => ({ token: '', caPem: '' }),
      dial: options.dial,
      clock,
      log: SILENT,
      tracer: INERT_TRACER,
      onTold: standing.told,
      onRenewed: standing.renewed,
      fencedBackoffMs: 3000,
      session: {
        buffer,
        dictionary,
        nowUs: clock.nowUs,
        identity: { tenant: 'local/default', site: 'north', shard: 'shard-0', collectorVersion: '0', instance: options.instance },
        isStandby: () => !standing.polling,
        fullHealth: () => health.full(),
      },
    });
  }

  standing.setRules(options.rules);
  setInterval(poll, POLL_MS);
  void link();
  return {
    process,
    held: () => buffer.count,
    stopPolling: () => {
      isPolling = false;
      builder.flush();
    },
  };
}

function createBuffer(
  { volume, process }: SimCollectorOptions,
  events: Pick<LogBufferOptions, 'clock' | 'dictionary' | 'onCommitted' | 'onLost' | 'onDiskLoss' | 'onFormerRuns'>,
): BlockBuffer {
  const maxBytes = 64 << 20;
  if (volume === undefined) return createMemoryBuffer({ ...events, maxBytes, onEpisode: () => {} });
  return new LogBuffer({
    ...events,
    fs: volume.mountFor(process),
    folder: '/log',
    maxBytes,
    log: SILENT,
    limits: () => ({ maxAgeMs: 72 * 3_600_000, maxSizeBytes: 2 ** 31, syncIntervalMs: 1000 }),
    holder: { pid: 1, host: process.name },
    isAlive: () => false,
  });
}
