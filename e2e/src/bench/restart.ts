import { type RunningPlant, until } from '../plant/run-plant.ts';
import { figure, slowest } from './figure.ts';
import type { Bench, BenchContext } from './types.ts';
import { withPlant } from './with-plant.ts';

const KILLS = 3;
/** A process that has run for so long is started again at once: one that fails sooner waits longer each time. */
const CALM_MS = 31_000;
const PARTS = [
  { part: 'collector', name: 'kubeplant: collector', goalS: 15 },
  { part: 'api', name: 'api', goalS: 15 },
] as const;

/** A process of a local plant killed outright until a reading taken after the kill can be asked for. */
export const bench: Bench = {
  name: 'restart',
  description: `collector and api killed by SIGKILL until a reading taken after that can be asked for, ${KILLS} kills each`,
  run: async (context) => {
    const seconds = PARTS.map((): number[] => []);
    await withPlant(context, async (plant) => {
      await until('a first value', () => readingAfter(plant, 0));
      for (let round = 0; round < KILLS; round += 1) {
        context.step('waiting until the processes count as healthy');
        await new Promise((resolve) => setTimeout(resolve, CALM_MS));
        for (const [index, { name }] of PARTS.entries()) seconds[index]?.push(await killOne(context, plant, name));
      }
    });
    return PARTS.map(({ part, goalS }, index) => {
      const ours = seconds[index] ?? [];
      return figure(`restart ${part}`, goalS, ours, [slowest(ours)]);
    });
  },
};

async function killOne({ step }: BenchContext, plant: RunningPlant, name: string): Promise<number> {
  step(`waiting for readings after the kill of ${name}`);
  const pid = plant.pid(name);
  const killedMs = Date.now();
  process.kill(pid, 'SIGKILL');
  await until('a reading taken after the kill', () => readingAfter(plant, killedMs), 60_000);
  return (Date.now() - killedMs) / 1000;
}

/** True once the newest reading of the tag was taken after that moment. */
async function readingAfter(plant: RunningPlant, sinceMs: number): Promise<true | undefined> {
  const { time, value } = await plant.get<{ time: string; value: number | null }>('namespaces/default/devices/counter/tags/count/value');
  return value !== null && Date.parse(time) > sinceMs ? true : undefined;
}
