import { describe, expect, it } from 'vitest';
import type { Mutation } from '../testing/history/mutations.ts';
import { runHistory } from '../testing/history/run-history.ts';

/** More by hand: `KUBEPLANT_TEST_HISTORIES=5000`; one of them: `KUBEPLANT_TEST_SEED=…`. */
const COUNT = Number(process.env.KUBEPLANT_TEST_HISTORIES ?? 60);
const SEED = process.env.KUBEPLANT_TEST_SEED;
const SEEDS = SEED === undefined ? Array.from({ length: COUNT }, (_, at) => at + 1) : [Number(SEED)];
const MUTATIONS: readonly Mutation[] = ['withoutSync', 'withoutCrc', 'recutBlocks', 'reusedEpoch'];

describe('random histories of a shard', () => {
  it('store no reading twice and none wrong, and miss none of which nobody said so', { timeout: 20 * SEEDS.length + 60_000 }, async () => {
    const total = { polled: 0, stored: 0, told: 0, excused: 0 };
    for (const seed of SEEDS) {
      const verdict = await runHistory(seed);
      expect(verdict).toMatchObject({ seed, wrong: [] });
      for (const key of ['polled', 'stored', 'told', 'excused'] as const) total[key] += verdict[key];
    }
    console.info(`${SEEDS.length} histories: ${JSON.stringify(total)}`);
    if (SEED === undefined) expect([total.stored > total.polled / 2, total.told > 0, total.excused > 0]).toEqual([true, true, true]);
  });

  it.each(MUTATIONS)('do not pass with a careless collector or owner (%s)', { timeout: 60_000 }, async (mutation) => {
    let failed = 0;
    for (let seed = 1; seed <= 40 && failed === 0; seed++) failed += (await runHistory(seed, mutation)).wrong.length;
    expect(failed).toBeGreaterThan(0);
  });
});
