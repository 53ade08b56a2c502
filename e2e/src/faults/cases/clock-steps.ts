import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flag } from '@kubeplant/words';
import pg from 'pg';
import { createFakeClock, findFaketime } from '../fake-clock.ts';
import { startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const STEP_SECONDS = 3600;
const LASTS_MS = 4000;

/** Fault 13: wall clocks step by an hour, forward and back. */
export const faultCase: FaultCase = {
  name: 'clock-steps',
  description: 'the wall clock of the collector, then of the api, steps an hour forward and back, and an hour back and forward',
  run: async ({ seed, log }) => {
    const library = findFaketime();
    if (library === undefined) return { broken: [], skipped: 'libfaketime is not installed (apt-get install libfaketime)' };
    const folder = mkdtempSync(join(tmpdir(), 'kp-faults-clock-'));
    const clocks = {
      collector: createFakeClock(library, join(folder, 'collector')),
      api: createFakeClock(library, join(folder, 'api')),
    };
    const rig = await startRig({ seed, samplingInterval: '50ms', collectorEnv: clocks.collector.env, apiEnv: clocks.api.env });
    try {
      await sleep(2000);
      for (const [part, clock] of Object.entries(clocks)) {
        for (const step of [STEP_SECONDS, 0, -STEP_SECONDS, 0]) {
          log(`the clock of the ${part} is ${step} s off`);
          clock.set(step);
          await sleep(LASTS_MS / 2 + rig.random() * 1000);
          rig.proxies.ingest.cut(); // clocks are compared when a collector connects
          await sleep(LASTS_MS / 2);
        }
      }
      const { counts, broken, resumedMs } = await settle(rig, { allowed: { apartMs: (STEP_SECONDS + 3) * 1000 } });
      const { marked, kept, offsets } = await readTraces(rig.databaseUrl);
      const directions = [offsets.filter((offset) => offset > 0).length, offsets.filter((offset) => offset < 0).length];
      const starts = rig.api.starts + rig.collector.starts;
      return {
        counts,
        figures: { 'time replaced': marked, 'originals kept': kept, 'clock events': offsets.join(' '), 'settled ms': resumedMs },
        broken: [
          ...broken,
          ...(marked === 0 || marked !== kept ? [`${marked} rows have a time that is not theirs, and ${kept} originals are kept`] : []),
          ...(directions.some((events) => events < 2) ? [`of two steps each way these were journalled: ${offsets}`] : []),
          ...(starts !== 2 ? [`api and collector were started ${starts} times`] : []),
        ],
      };
    } finally {
      await rig.close();
      rmSync(folder, { recursive: true });
    }
  },
};

/** Rows whose time was replaced, originals of them, and seconds by which clocks were found to be off. */
async function readTraces(databaseUrl: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const marked = await client.query<{ count: number }>(
      `SELECT count(*)::int FROM reading JOIN tag USING (tag_id) WHERE device = 'counter' AND flags & $1 <> 0`,
      [Flag.TimeInvalid],
    );
    const kept = await client.query<{ count: number }>('SELECT count(*)::int FROM reading_out_of_window');
    const events = await client.query<{ details: { offsetS: number } }>(`SELECT details FROM event WHERE kind = 'CollectorClockOff'`);
    return {
      marked: marked.rows[0]?.count ?? 0,
      kept: kept.rows[0]?.count ?? 0,
      offsets: events.rows.map(({ details }) => details.offsetS),
    };
  } finally {
    await client.end();
  }
}
