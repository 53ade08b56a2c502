import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countingPlant } from '../plant/counting-plant.ts';
import { type RunningPlant, runPlant } from '../plant/run-plant.ts';
import type { BenchContext } from './types.ts';

type Files = ReturnType<typeof countingPlant>;

/** Run a plant in a new folder, and leave nothing behind. `write`: its files, in place of those of the simulated counter. */
export async function withPlant(
  { defer, step }: BenchContext,
  run: (plant: RunningPlant, startMs: number, files: Files) => Promise<void>,
  write = (files: Files): void => {
    files.writeSite();
    files.writeDevice();
  },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-up-'));
  const files = countingPlant(join(folder, 'yaml'));
  write(files);
  step('waiting for a plant to be ready');
  const startMs = Date.now();
  const plant = await runPlant({ paths: [files.folder], data: join(folder, 'data') });
  const stop = defer(async () => {
    await plant.stop();
    plant.reset();
    rmSync(folder, { recursive: true, force: true });
  });
  await run(plant, startMs, files);
  step('stopping the plant');
  await stop();
}

/** True once the tag has a value. */
export async function readValue(plant: RunningPlant, tag: string): Promise<true | undefined> {
  const { value } = await plant.get<{ value: number | null }>(`namespaces/default/devices/counter/tags/${tag}/value`);
  return value === null ? undefined : true;
}
