import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { replayBlocks } from '../replay-blocks.ts';
import { type Rig, startRig } from '../rig.ts';
import { settle, until } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const ROUNDS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 5);
const TOGETHER_MS = 3000;
const TAKEN_WITHIN_MS = 15_000;
const SAMPLING_MS = 20;
/** Lost with a killed collector: what it had not handed to the system yet. */
const UNWRITTEN_MS = 300;

/** Fault 9: two of what there should be one of. */
export const faultCase: FaultCase = {
  name: 'takeover',
  description: `two apis of one name ${ROUNDS} times, two collectors of one shard, two of one name, and all blocks once more`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms` });
    const broken: string[] = [];
    try {
      await sleep(2000);
      const epochs = await takeOverApi(rig, broken);
      log(`epochs of the owners: ${epochs.join(' ')}`);
      const promotedMs = await takeOverCollector(rig, broken);
      log(`the other collector polled ${promotedMs} ms after the first was killed`);
      const twinPolls = await runTwin(rig);
      log(`${twinPolls} polls with a twin`);
      const replayed = await replayBlocks(rig, 'collector-0');
      const { counts, broken: found, resumedMs } = await settle(rig, { allowed: { lost: UNWRITTEN_MS / SAMPLING_MS } });
      return {
        counts,
        figures: {
          epochs: epochs.join(' '),
          'other collector polls after ms': promotedMs,
          'polls with a twin': twinPolls,
          'blocks sent again': replayed,
          'settled ms': resumedMs,
        },
        broken: [...broken, ...found],
      };
    } finally {
      await rig.close();
    }
  },
};

/** A newer api of the same name comes while the older one goes on; some seconds later the older one is killed. Epochs at the end of each round. */
async function takeOverApi(rig: Rig, broken: string[]): Promise<number[]> {
  const epochs = [await epochOf(rig)];
  let older = rig.api;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const newer = await rig.startSecondApi(`api-${round}`);
    await newer.process.ready();
    await sleep(rig.random() * TOGETHER_MS); // the older one tells collectors where to go
    rig.proxies.ingest.targetPort = newer.ports.ingest;
    await sleep(TOGETHER_MS);
    epochs.push(await epochOf(rig));
    await older.halt();
    older = newer.process;
    await sleep(1000);
  }
  const rising = epochs.every((epoch, round) => round === 0 || epoch === (epochs[round - 1] ?? 0) + 1);
  if (!rising) broken.push(`each newer api takes the site once, but epochs went ${epochs.join(' ')}`);
  return epochs;
}

/** A second collector stands by, polls when the first is killed, and goes on when that one is back. */
async function takeOverCollector(rig: Rig, broken: string[]): Promise<number> {
  const other = rig.startSecondCollector('collector-1', 'collector-1');
  await other.ready();
  await sleep(TOGETHER_MS);
  await rig.collector.halt();
  const killedMs = Date.now();
  const served = rig.device.servedMs.length;
  if (!(await until(() => rig.device.servedMs.length > served + 10, TAKEN_WITHIN_MS)))
    broken.push('the other collector does not take over');
  const promotedMs = Date.now() - killedMs;
  rig.collector.resume();
  await rig.collector.ready();
  await sleep(TOGETHER_MS);
  await other.stop();
  await sleep(TOGETHER_MS);
  return promotedMs;
}

/** Two collectors that both say to be `collector-0`, until one of them ends. Polls meanwhile. */
async function runTwin(rig: Rig): Promise<number> {
  const served = rig.device.servedMs.length;
  const twin = rig.startSecondCollector('twin', 'collector-0');
  await twin.ready();
  await sleep(2 * TOGETHER_MS);
  await twin.stop();
  return rig.device.servedMs.length - served;
}

async function epochOf({ databaseUrl }: Rig): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ epoch: number }>('SELECT epoch::float8 AS epoch FROM site_owner');
    return rows[0]?.epoch ?? 0;
  } finally {
    await client.end();
  }
}
