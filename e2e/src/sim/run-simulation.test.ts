import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';
import { runHistory } from './run-history.ts';
import { describeFailure, findMutation } from './run-simulation.ts';

const SEEDS = Number(process.env.KUBEPLANT_SIM_SEEDS ?? 200);

describe('the simulated plant', () => {
  it(`loses, doubles and changes nothing in ${SEEDS} histories of faults`, { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const history = await runHistory(seed);
      expect(history.counts.served, describeFailure(history)).toBeGreaterThan(0);
      expect(history.broken, describeFailure(history)).toEqual([]);
    }
  });

  it('gives the same history for the same seed', { timeout: 60_000 }, async () => {
    expect(await runHistory(7)).toEqual(await runHistory(7));
  });

  it.each(MUTATIONS)('finds out when $description', { timeout: 300_000 }, async ({ name }) => {
    expect(await findMutation(name, 200)).toBeDefined();
  });
});
