import { setTimeout as sleep } from 'node:timers/promises';
import { startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const KILLS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 10);
const SAMPLING_MS = 20;
/** A killed process loses what it had not handed to the system yet: the block being filled and writes under way. */
const UNWRITTEN_MS = 300;

/** Fault 3: kill -9 of the collector, half of the times while the api is away. */
export const faultCase: FaultCase = {
  name: 'kill-collector',
  description: `kill -9 of the collector, ${KILLS} times, every other time while the api is away`,
  run: async ({ seed }) => {
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms` });
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        if (kill % 2 === 0) rig.proxies.ingest.toxic = { kind: 'down' };
        await sleep(700 + rig.random() * 1500);
        await rig.collector.kill();
        await rig.collector.ready();
        rig.proxies.ingest.toxic = { kind: 'none' };
      }
      const { counts, broken, resumedMs } = await settle(rig, { allowed: { lost: KILLS * (UNWRITTEN_MS / SAMPLING_MS) } });
      return { counts, figures: { kills: KILLS, 'settled ms': resumedMs }, broken };
    } finally {
      await rig.close();
    }
  },
};
