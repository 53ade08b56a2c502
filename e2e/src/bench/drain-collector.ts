/**
 * A collector without a protocol: writes a backlog into its log, ends, and begins again as another process would: what waits is
 * delivered while new readings come at a steady rate. Tells how fast, and how long new readings took.
 */
import { createClock } from '@kubeplant/collector-core';
import { createLogger, startTelemetry } from '@kubeplant/kit';
import type { BlockBuffer } from '../../../collectors/core/src/block/block-buffer.ts';
import { createBlockBuilder } from '../../../collectors/core/src/block/create-block-builder.ts';
import { createRunDictionary } from '../../../collectors/core/src/block/create-run-dictionary.ts';
import { createBuffer } from '../../../collectors/core/src/create-buffer.ts';
import { createHealthTracker } from '../../../collectors/core/src/device/create-health-tracker.ts';
import { startUplink } from '../../../collectors/core/src/uplink/start-uplink.ts';

/** What the bench asks for. */
export interface DrainTask {
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
  readonly folder: string;
  /** Names the runs of this task. */
  readonly round: number;
  readonly tags: number;
  /** Readings that wait. */
  readonly backlog: number;
  /** New readings a second. */
  readonly liveRate: number;
  /** How long new readings are timed when nothing waits any more. */
  readonly idleMs: number;
}

/** What it found. */
export interface DrainReport {
  /** Readings of the backlog a second. */
  readonly drainRate: number;
  /** From the cut of a block of new readings until it is known to be committed, milliseconds. */
  readonly drainingMs: readonly number[];
  readonly idleMs: readonly number[];
}

const TICK_MS = 20;
const clock = createClock();
const log = createLogger({ name: 'bench', level: 'error' });

process.once('disconnect', () => process.exit(0));
process.once('message', (task: DrainTask) => {
  void measure(task).then((report) => process.send?.(report, undefined, {}, () => process.exit(0)));
});

async function measure(task: DrainTask): Promise<DrainReport> {
  const former = await openRun(task, 'A', () => {});
  for (let index = 0; index < task.backlog; index += 1) former.add(index, clock.nowUs() - (task.backlog - index));
  former.flush();
  await former.buffer.synced();
  await former.buffer.close();

  let times: number[] = [];
  const run = await openRun(task, 'B', (ms) => times.push(ms));
  const stop = addSteadily(task, run.add);
  await run.buffer.ready;
  const uplink = link(task, run);
  run.onBlock(uplink.notify);
  await until(() => uplink.connected);
  const beganMs = performance.now();
  await until(() => !run.buffer.runs().includes(runOf(task, 'A')) || run.buffer.count < task.liveRate / 1000);
  const drainRate = task.backlog / ((performance.now() - beganMs) / 1000);
  const drainingMs = times;
  times = [];
  await new Promise((resolve) => setTimeout(resolve, task.idleMs));
  stop();
  await uplink.close();
  return { drainRate, drainingMs, idleMs: times };
}

const runOf = ({ round }: DrainTask, which: 'A' | 'B'): string => `01JD0000000000000000BENC${which}${round}`;

async function openRun(task: DrainTask, which: 'A' | 'B', onCommittedMs: (ms: number) => void) {
  const run = runOf(task, which);
  const dictionary = createRunDictionary(run);
  const ids = Array.from({ length: task.tags }, (_, tag) =>
    dictionary.tagId('bench', { name: `tag-${tag + 1}`, text: false, simulated: false }),
  );
  let tell = (): void => {};
  const buffer: BlockBuffer = createBuffer({
    ...{ settings: { bufferBytes: 64 << 20, bufferDir: task.folder }, clock, log, dictionary },
    buffering: () => ({ maxAge: '72h', maxSizeBytes: 2 ** 31, syncInterval: '1s' }),
    onDiskLoss: () => undefined,
    onFormerRuns: () => undefined,
    onCommitted: (_blocks, cutMs) => {
      for (const ms of cutMs) onCommittedMs(clock.monotonicMs() - ms);
    },
    onLost: () => undefined,
  });
  await buffer.ready;
  const builder = createBlockBuilder({
    ...{ run, clock, takeLost: () => [], maxReadings: 1000 },
    onBlock: (block) => {
      buffer.append(block);
      tell();
    },
  });
  return {
    dictionary,
    buffer,
    flush: builder.flush,
    add: (index: number, timeUs: number) =>
      builder.add({
        tag: ids[index % ids.length] ?? 0,
        timeUs,
        value: 50 + 10 * Math.sin(index / 997),
        status: 0,
        flags: 0,
        receivedUs: timeUs,
      }),
    onBlock: (listener: () => void) => (tell = listener),
  };
}

function addSteadily({ liveRate }: DrainTask, add: (index: number, timeUs: number) => void): () => void {
  let added = 0;
  const beganMs = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - beganMs) / 1000) * liveRate);
    while (added < due) add(added++, clock.nowUs());
  }, TICK_MS);
  return () => clearInterval(timer);
}

function link({ port, caPem, token }: DrainTask, { buffer, dictionary }: Awaited<ReturnType<typeof openRun>>) {
  const health = createHealthTracker(() => ({ heldBlocks: undefined, configRevision: '', devices: [], problem: undefined }));
  return startUplink({
    ...{ endpoint: `localhost:${port}`, readCredentials: () => ({ token, caPem }), clock, log },
    tracer: startTelemetry({ service: 'bench', version: '0', env: {} }).tracer,
    session: {
      ...{ buffer, dictionary, nowUs: clock.nowUs, isStandby: () => false, fullHealth: () => health.full() },
      identity: { tenant: 'local/default', site: 'north', shard: 'shard-0', collectorVersion: 'bench', instance: 'collector-0' },
    },
  });
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
}
