import { setTimeout as sleep } from 'node:timers/promises';
import { startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const ROUNDS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 6);

/** Fault 8: links stop one by one in random order and come back in another. */
export const faultCase: FaultCase = {
  name: 'swizzle-clog',
  description: `links stop one by one and come back in another order, ${ROUNDS} times`,
  run: async ({ seed }) => {
    const rig = await startRig({ seed, samplingInterval: '50ms' });
    const shuffled = <T>(items: readonly T[]): T[] =>
      items
        .map((item) => ({ item, at: rig.random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item);
    try {
      const links = [rig.proxies.ingest, rig.proxies.database];
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const link of shuffled(links)) {
          link.toxic = rig.random() < 0.5 ? { kind: 'stall' } : { kind: 'down' };
          await sleep(rig.random() * 1500);
        }
        for (const link of shuffled(links)) {
          link.toxic = { kind: 'none' };
          await sleep(rig.random() * 1500);
        }
      }
      const { counts, broken, resumedMs } = await settle(rig);
      return { counts, figures: { rounds: ROUNDS, 'settled ms': resumedMs }, broken };
    } finally {
      await rig.close();
    }
  },
};
