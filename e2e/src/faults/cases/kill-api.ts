import { setTimeout as sleep } from 'node:timers/promises';
import { startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';
import { watchAnnounced } from '../watch-announced.ts';

const KILLS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 20);

/** Fault 1: kill -9 of the api at random moments. */
export const faultCase: FaultCase = {
  name: 'kill-api',
  description: `kill -9 of the api, ${KILLS} times at random moments`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: '20ms' });
    const announced = watchAnnounced(rig);
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await rig.api.ready();
        await sleep(rig.random() * 1500);
        await rig.api.kill();
        if (kill % 10 === 0) log(`${kill} kills, ${rig.device.servedMs.length} numbers served`);
      }
      await rig.api.ready();
      const { counts, broken, recorded, resumedMs } = await settle(rig, { announced: announced.transitions });
      const figures = { kills: KILLS, announced: announced.transitions.size, recorded, 'settled ms': resumedMs };
      return { counts, figures, broken };
    } finally {
      announced.stop();
      await rig.close();
    }
  },
};
