import pg from 'pg';
import { until } from '../plant/run-plant.ts';
import { figure } from './figure.ts';
import type { Bench } from './types.ts';
import { readValue, withPlant } from './with-plant.ts';

const SAVES = 7;
const GOAL_S = 2;

/** From saving a file with a new tag to the tag's first row in the database, the collector running. */
export const bench: Bench = {
  name: 'saved',
  description: `a file saved with a new tag until its first row is committed, ${SAVES} saves`,
  run: async (context) => {
    const ours: number[] = [];
    await withPlant(context, async (plant, _, files) => {
      await until('a first value', () => readValue(plant, 'count'));
      const client = new pg.Client({ connectionString: plant.databaseUrl() });
      await client.connect();
      await client.query(`SELECT set_config('kubeplant.scope', '* *', false)`);
      for (let round = 0; round < SAVES; round += 1) {
        const name = `saved-${round}`;
        context.step(`waiting for the first row of ${name}`);
        const startMs = Date.now();
        files.writeDevice([name]);
        await until('its first row', async () => {
          const sql = `SELECT 1 FROM reading r JOIN tag t USING (tag_id) WHERE t.device = 'counter' AND t.name = $1 LIMIT 1`;
          return (await client.query(sql, [name])).rowCount === 1 ? true : undefined;
        });
        ours.push((Date.now() - startMs) / 1000);
      }
      await client.end();
    });
    return figure('saved', GOAL_S, ours, []);
  },
};
