import { setTimeout as sleep } from 'node:timers/promises';
import { startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';
import { watchAnnounced } from '../watch-announced.ts';

const CRASHES = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 10);

/** Fault 2: PostgreSQL crashes, or the answer to a commit is lost on its way. */
export const faultCase: FaultCase = {
  name: 'crash-database',
  description: `PostgreSQL crashes ${CRASHES} times; as often the connections are cut in the middle of commits`,
  run: async ({ seed }) => {
    const rig = await startRig({ seed, samplingInterval: '20ms' });
    const announced = watchAnnounced(rig);
    try {
      for (let crash = 1; crash <= CRASHES; crash += 1) {
        await sleep(300 + rig.random() * 700);
        rig.proxies.database.cut();
        await sleep(300 + rig.random() * 700);
        await rig.database.crash();
        await sleep(rig.random() * 2000);
        await rig.database.start();
      }
      const { counts, broken, recorded, resumedMs } = await settle(rig, { announced: announced.transitions });
      return { counts, figures: { crashes: CRASHES, announced: announced.transitions.size, recorded, 'settled ms': resumedMs }, broken };
    } finally {
      announced.stop();
      await rig.close();
    }
  },
};
