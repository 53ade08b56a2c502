import { createAttempt } from './attempt.ts';
import { type Claimer, loadSite } from './load-site.ts';
import type { OwnerDeps } from './session.ts';
import { within } from './within.ts';

/** Without an answer of the database for so long, loading is given up; each time twice as long. */
const LOAD_MS = 20_000;
const MAX_LOAD_MS = 300_000;
/** Transactions that are remembered, to be ended. */
const MAX_UNFINISHED = 100;

/** Loads a site: each call is one try. `signal` ends the one under way. */
export function createLoader(deps: OwnerDeps, signal: AbortSignal): (claimer: Omit<Claimer, 'unfinished'>) => ReturnType<typeof loadSite> {
  let unfinished: readonly string[] = [];
  let limitMs = LOAD_MS;
  return async (claimer) => {
    const attempt = createAttempt(deps.store);
    signal.addEventListener('abort', attempt.giveUp);
    try {
      const loaded = await within(limitMs, loadSite(deps, attempt, { ...claimer, unfinished }), attempt.giveUp);
      unfinished = [];
      limitMs = LOAD_MS;
      return loaded;
    } catch (error) {
      unfinished = [...unfinished, ...attempt.transactions].slice(-MAX_UNFINISHED);
      limitMs = Math.min(2 * limitMs, MAX_LOAD_MS);
      throw error;
    } finally {
      signal.removeEventListener('abort', attempt.giveUp);
    }
  };
}
