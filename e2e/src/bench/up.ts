import { until } from '../plant/run-plant.ts';
import { figure } from './figure.ts';
import type { Bench } from './types.ts';
import { readValue, withPlant } from './with-plant.ts';

const STARTS = 3;
const GOAL_S = 20;

/** From an empty folder to the first reading that can be asked for, database made and all. */
export const bench: Bench = {
  name: 'up',
  description: `kubeplant up in an empty folder until GET value answers, ${STARTS} starts`,
  run: async (context) => {
    const ours: number[] = [];
    const notes: string[] = [];
    for (let round = 0; round < STARTS; round += 1) {
      await withPlant(context, async (plant, startMs) => {
        context.step('waiting for a first value');
        await until('a first value', () => readValue(plant, 'count'));
        ours.push((Date.now() - startMs) / 1000);
        notes.push(`ready after ${(plant.readyMs / 1000).toFixed(1)} s, first reading after ${ours.at(-1)?.toFixed(1)} s`);
      });
    }
    return figure('up', GOAL_S, ours, notes);
  },
};
