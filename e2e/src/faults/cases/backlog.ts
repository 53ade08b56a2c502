import { setTimeout as sleep } from 'node:timers/promises';
import { p99, watchFreshness } from '../freshness.ts';
import { isTold, readLosses } from '../losses.ts';
import { readMetrics, sumOf } from '../metrics.ts';
import { type Rig, startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import { countBackwards, readStoredOrder } from '../stored-order.ts';
import type { CaseResult, FaultCase } from '../types.ts';

const AWAY_SECONDS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 90);
const TAGS = 60;
const DEVICES = 2;
const SAMPLING_MS = 10;
const IDLE_MS = 10_000;
/** However much waits, the newest reading is in the database after so long. */
const FRESH_MS = 2000;
const FIRST_LIVE_MS = 1500;
/** What is served so near to the return of the api may go either way. */
const SEAM_MS = 1500;

/** Fault 5: the api is away for long. */
export const faultCase: FaultCase = {
  name: 'backlog',
  description: `the api is away for ${AWAY_SECONDS} s at ${(DEVICES * TAGS * 1000) / SAMPLING_MS} readings/s, with room for all and with too little`,
  run: async ({ seed, log }) => {
    const whole = await drain(seed);
    log(`room for all: ${JSON.stringify(whole.figures)}`);
    const small = await overflow(seed);
    return { counts: whole.counts, figures: { ...whole.figures, ...small.figures }, broken: [...whole.broken, ...small.broken] };
  },
};

const start = (seed: number, maxSize?: string): Promise<Rig> =>
  startRig({ seed, samplingInterval: `${SAMPLING_MS}ms`, tags: TAGS, devices: DEVICES, ...(maxSize && { buffering: { maxSize } }) });

/** Everything waits and is sent: how fast, and what becomes of live readings meanwhile. */
async function drain(seed: number) {
  const rig = await start(seed);
  const freshness = await sleep(2000).then(() => watchFreshness(rig.databaseUrl));
  try {
    freshness.take();
    await sleep(IDLE_MS);
    const idle = p99(freshness.take());
    rig.proxies.ingest.toxic = { kind: 'down' };
    await sleep(AWAY_SECONDS * 1000);
    const held = await heldBlocks(rig);
    rig.proxies.ingest.toxic = { kind: 'none' };
    const backMs = Date.now();
    const waiting = rig.device.servedMs.length;
    const storedBefore = await ingested(rig);
    while ((await ingested(rig)) === storedBefore) await sleep(10);
    const beganMs = Date.now();
    freshness.take();
    while ((await heldBlocks(rig)) > 5) await sleep(50);
    const seconds = (Date.now() - beganMs) / 1000;
    const seen = freshness.take();
    const firstLive = seen.findIndex(({ ageMs }) => ageMs < FRESH_MS);
    const draining = p99(firstLive < 0 ? seen : seen.slice(firstLive));
    const liveAfterMs = (seen[firstLive]?.atMs ?? Number.POSITIVE_INFINITY) - beganMs;
    const live = ((rig.device.servedMs.length - waiting) / ((Date.now() - backMs) / 1000)) * TAGS;
    const rate = ((await ingested(rig)) - storedBefore) / seconds;
    const found = await settle(rig);
    const order = await readStoredOrder(rig.databaseUrl);
    const servedMs = (number: number): number => rig.device.servedMs[number - 1] ?? 0;
    const backwards =
      countBackwards(order.filter((number) => servedMs(number) < beganMs - SEAM_MS)) +
      countBackwards(order.filter((number) => servedMs(number) > beganMs + SEAM_MS));
    return {
      counts: found.counts,
      figures: {
        'blocks waiting': held,
        'drained in s': seconds,
        'live readings/s': Math.round(live),
        'while draining readings/s': Math.round(rate),
        'times live': (rate / live).toFixed(1),
        'first live after ms': liveAfterMs,
        'age of the newest in the database, p99 ms': `${idle} idle, ${draining} draining`,
      },
      broken: [
        ...found.broken,
        ...(liveAfterMs > FIRST_LIVE_MS
          ? [`the first live reading is in the database ${liveAfterMs} ms after the first of the backlog`]
          : []),
        ...(draining > FRESH_MS ? [`while the backlog drains the newest reading is ${draining} ms old`] : []),
        ...(backwards > 0 ? [`${backwards} numbers were stored after a later one`] : []),
      ],
    } satisfies CaseResult;
  } finally {
    await freshness.stop();
    await rig.close();
  }
}

/** More waits than may: the oldest is missing, nothing else, and all of it is told. */
async function overflow(seed: number) {
  const rig = await start(seed, '1Mi');
  try {
    await sleep(3000);
    rig.proxies.ingest.toxic = { kind: 'down' };
    const awayMs = Date.now();
    await sleep(AWAY_SECONDS * 1000);
    const waiting = rig.device.servedMs.length;
    rig.proxies.ingest.toxic = { kind: 'none' };
    const found = await settle(rig, { allowed: { lost: waiting } });
    const losses = await readLosses(rig.databaseUrl);
    const [span, ...others] = found.counts.missing;
    const servedMs = (number: number): number => rig.device.servedMs[number - 1] ?? 0;
    const untold = span === undefined ? 0 : [span.first, span.last].filter((number) => !isTold(losses, servedMs(number) * 1000)).length;
    const told = losses.reduce((sum, { readings }) => sum + readings, 0);
    const kept = span === undefined ? waiting : waiting - span.last;
    return {
      figures: {
        'with 1 MiB': `${found.counts.lost} of ${TAGS} tags lost in ${found.counts.missing.length} span, told ${told} readings, kept ${kept} numbers`,
      },
      broken: [
        ...found.broken,
        ...(span === undefined ? ['with 1 MiB nothing was given up'] : []),
        ...(others.length > 0 ? [`more than the oldest is missing: ${others.map(({ first, last }) => `${first}–${last}`)}`] : []),
        ...(span && Math.abs(servedMs(span.first) - awayMs) > SEAM_MS ? ['what is missing does not begin where the api went away'] : []),
        ...(untold > 0 ? ['what is missing lies outside what was told'] : []),
        // What is given up while it is on its way is told, and yet stored.
        ...(told < found.counts.lost * TAGS ? [`${told} readings were told to be lost, ${found.counts.lost * TAGS} are`] : []),
      ],
    } satisfies CaseResult;
  } finally {
    await rig.close();
  }
}

const heldBlocks = async (rig: Rig): Promise<number> =>
  (await readMetrics(rig.probes.collector)).get('kubeplant_collector_buffer_blocks') ?? Number.POSITIVE_INFINITY;
const ingested = async (rig: Rig): Promise<number> => sumOf(await readMetrics(rig.probes.api), 'kubeplant_ingest_readings_total');
