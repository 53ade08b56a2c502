import { setTimeout as sleep } from 'node:timers/promises';
import { type Rig, startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';
import { untilServedIsStored } from '../until-stored.ts';

const ROUNDS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 5);
const SAMPLING_MS = 20;
const LIMIT_MS = 2000;
/** Lost with a killed collector: what it had not handed to the system yet. */
const UNWRITTEN_MS = 300;

/** How long each part is away when it is killed: until the first reading that was served afterwards is stored. */
export const faultCase: FaultCase = {
  name: 'restart-times',
  description: `each part is killed ${ROUNDS} times; the time until a reading served after that is stored`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms` });
    const kills: Readonly<Record<string, () => Promise<void>>> = {
      api: () => rig.api.kill(),
      collector: () => rig.collector.kill(),
      database: () => rig.database.crash().then(() => rig.database.start()),
    };
    try {
      const figures: Record<string, string> = {};
      const broken: string[] = [];
      for (const [part, kill] of Object.entries(kills)) {
        const times: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          await rig.api.ready();
          await sleep(1000 + rig.random() * 1000);
          times.push(await measure(rig, kill));
        }
        times.sort((a, b) => a - b);
        const median = times[times.length >> 1] ?? 0;
        log(`${part}: ${times.join(', ')} ms`);
        figures[`${part} ms`] = `${median} (${times[0]}–${times.at(-1)})`;
        if (median > LIMIT_MS) broken.push(`the ${part} takes ${median} ms, more than ${LIMIT_MS}`);
      }
      const found = await settle(rig, { allowed: { lost: (ROUNDS * UNWRITTEN_MS) / SAMPLING_MS } });
      return { counts: found.counts, figures, broken: [...broken, ...found.broken] };
    } finally {
      await rig.close();
    }
  },
};

/** Milliseconds from the kill until a number that was served after it is stored. */
async function measure(rig: Rig, kill: () => Promise<void>): Promise<number> {
  const beganMs = Date.now();
  await kill();
  await untilServedIsStored(rig);
  return Date.now() - beganMs;
}
