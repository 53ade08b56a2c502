import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../../../e2e/src/databases/test-database.ts';
import { CLI_TOKEN, startTestApp, type TestApp } from '../../http/app.fixture.ts';
import { startTwoPlants, type TwoPlants } from '../../http/two-plants.fixture.ts';
import type { Scope, StoredTag } from '../../ports.ts';
import { CopyRows } from '../../store/copy-encoder.ts';
import { copyInto } from '../../store/copy-into.ts';
import { markHistory } from '../../store/rollups/mark-history.ts';
import { runRollups } from '../../store/rollups/run-rollups.ts';

const S = 1_000_000;
const DAY = 86_400 * S;
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
/** A midnight a year ago. */
const START = Math.floor(Date.now() / 86_400_000 - 366) * DAY;
const SPIKE = START + 200 * DAY + 47_123 * S;

describe.each(engines())('a year of history on %s', (engine) => {
  let app: TestApp;
  let plants: TwoPlants;
  let tag: StoredTag;
  const insert = async (times: readonly number[], value: (timeUs: number) => number): Promise<void> => {
    const rows = new CopyRows(times.length);
    for (const timeUs of times) rows.number(tag.tagId, timeUs, value(timeUs), 0, 0, 0);
    const copied = { parts: [rows.bytes()], fromUs: times[0] ?? 0, untilUs: times.at(-1) ?? 0 };
    await app.api.store.partitions.ensure(copied.fromUs, copied.untilUs);
    await app.api.store.withOwnerScope(everything, async (client) => {
      await copyInto(client, 'reading', copied.parts);
      await markHistory(client, tag, { nowUs: Date.now() * 1000, rows: [copied], grown: [] });
    });
  };
  const draw = async () => {
    const range = `from=${new Date(START / 1000).toISOString()}&to=${new Date((START + 365 * DAY) / 1000).toISOString()}`;
    const { status, body } = await app.ask('GET', `/namespaces/default/devices/pump/tags/flow/readings?${range}&points=500`, {
      token: CLI_TOKEN,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };

  beforeAll(async () => {
    app = await startTestApp(engine);
    plants = await startTwoPlants(app);
    await plants.north.send([{ tag: 1, timeUs: Date.now() * 1000, value: 1 }]);
    const key = { tenant: plants.north.model.tenant, device: 'pump', name: 'flow' };
    tag = (await app.api.store.withScope(everything, (client) => app.api.store.readings.tag(client, key))) as StoredTag; // sent above
    for (let week = 0; week < 52; week += 1) await insert([START + week * 7 * DAY + 3600 * S], () => 5);
    const dense = Array.from({ length: 8640 }, (_, n) => START + 200 * DAY + n * 10 * S + 3 * S);
    await insert(dense, (timeUs) => (timeUs === SPIKE ? 9999 : timeUs % 7));
  }, 120_000);
  afterAll(async () => {
    plants.close();
    await app.close();
  });

  it('shows a spike of one reading when the whole year is drawn, before and after it is summed up', async () => {
    const { withScope, readings, partitions } = app.api.store;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const spikes: unknown[] = [];
    const sources: string[] = [];
    for (const rolled of [false, true]) {
      const deps = { withScope, readings, partitions, nowUs: () => Date.now() * 1000, log };
      if (rolled) await runRollups(deps, new AbortController().signal);
      const drawn = await draw();
      sources.push(drawn.source);
      expect(drawn.readings.length).toBeLessThanOrEqual(500);
      expect(drawn.readings.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(8692);
      spikes.push(drawn.readings.filter(({ max }: { max: number }) => max > 6));
    }
    expect(sources).toEqual(['15m', '1d']); // before, hours without readings count as summed up
    for (const found of spikes)
      expect(found).toMatchObject([{ time: new Date(START / 1000 + 200 * 86_400_000).toISOString(), max: 9999, min: 0, count: 8640 }]);
  });
});
