import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fuzzSession } from '../testing/fuzz-session.ts';

/** Of each framing. More by hand: `KUBEPLANT_TEST_FUZZ_FRAMES=500000`; again the same: `KUBEPLANT_TEST_FUZZ_SEED=<of the title>`. */
const FRAMES = Number(process.env.KUBEPLANT_TEST_FUZZ_FRAMES ?? 10_000);
const SEED = Number(process.env.KUBEPLANT_TEST_FUZZ_SEED ?? randomInt(2 ** 32));
const timeout = 60_000 + FRAMES;

describe(`a session that gets ${FRAMES} mutated replies, seed ${SEED}`, () => {
  it.each(['Tcp', 'RtuOverTcp'] as const)(
    'takes none for what it is not with %s framing, counts every bad one, at little cost and in bounded memory',
    { timeout },
    async (framing) => {
      await fuzzSession({ framing, seed: SEED + 1, frames: 500 });
      const memoryBefore = usedBytes();
      const before = process.cpuUsage();
      const { outcomes, protocolErrors, missed, wrong } = await fuzzSession({ framing, seed: SEED, frames: FRAMES });
      const { user, system } = process.cpuUsage(before);
      expect(wrong).toEqual([]);
      // A flood ends the connection, and a good reply with it.
      expect(missed).toBeLessThanOrEqual(protocolErrors.get('Flood') ?? 0);
      for (const kind of ['data', 'exception', 'malformed', 'timeout', 'closed'] as const) expect(outcomes.get(kind)).toBeGreaterThan(0);
      expect((user + system) / FRAMES).toBeLessThan(1_000);
      expect(usedBytes() - memoryBefore).toBeLessThan(100 * 2 ** 20);
    },
  );
});

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
