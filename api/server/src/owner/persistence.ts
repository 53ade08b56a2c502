import { createBackoff } from '@kubeplant/kit';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './attempt.ts';
import type { AwayMode } from './away-mode.ts';
import type { Batch } from './batch.ts';
import { Fenced, Restored } from './claim-site.ts';
import type { Committed } from './commit-batch.ts';
import { isDataError } from './data-error.ts';
import type { Unclear } from './recover-site.ts';
import { within } from './within.ts';

/** Without an answer of the database for so long, a commit is given up and tried again; each time twice as long. */
const COMMIT_MS = 10_000;
const MAX_COMMIT_MS = 300_000;
const RECOVER_MS = 10_000;
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/** What is asked of the database. */
export interface Database {
  readonly createAttempt: () => Attempt;
  readonly write: (batch: Batch, attempt: Attempt) => Promise<Committed>;
  /** After a failure: whether the site is still ours, and whether the database holds what is unclear. */
  readonly recover: (unclear: Unclear, attempt: Attempt) => Promise<'written' | 'missing'>;
}

interface Deps extends Database {
  readonly away: AwayMode;
  /** Ends it: what is under way rejects. */
  readonly signal: AbortSignal;
}

/** Tries until the database has done it. Rejects when another owner has the site, when it was restored, or when it is ended. */
export interface Persistence {
  /** Write a batch exactly once. */
  write(batch: Batch): Promise<Committed>;
  /** What may run twice; rejects when the database refuses the data too. */
  run<T>(work: (attempt: Attempt) => Promise<T>): Promise<T>;
}

export function createPersistence({ createAttempt, write, recover, away, signal }: Deps): Persistence {
  const isFinal = (error: unknown): boolean => signal.aborted || error instanceof Fenced || error instanceof Restored;
  /** Wait until the database answers and the site is found to be ours. */
  const comeBack = async (unclear: Unclear): Promise<'written' | 'missing'> => {
    const backoff = createBackoff({ minMs: MIN_BACKOFF_MS, maxMs: MAX_BACKOFF_MS });
    const others = [...unclear.others];
    for (;;) {
      await sleep(backoff.next(), undefined, { signal });
      const attempt = createAttempt();
      try {
        return await within(RECOVER_MS, recover({ ...unclear, others }, attempt), attempt.giveUp);
      } catch (error) {
        if (isFinal(error)) throw error;
        others.push(...attempt.transactions);
        away.begin(error);
      }
    }
  };
  return {
    write: async (batch) => {
      const transactions: string[] = [];
      for (let limitMs = COMMIT_MS; ; limitMs = Math.min(2 * limitMs, MAX_COMMIT_MS)) {
        const attempt = createAttempt();
        try {
          return await away.watch(within(limitMs, write(batch, attempt), attempt.giveUp));
        } catch (error) {
          if (isFinal(error)) throw error;
          transactions.push(...attempt.transactions);
          away.begin(error, batch.cutUs);
        }
        if ((await comeBack({ progress: batch.progress, transactions, others: [] })) === 'written') return { refused: [] };
      }
    },
    run: async (work) => {
      for (let limitMs = COMMIT_MS; ; limitMs = Math.min(2 * limitMs, MAX_COMMIT_MS)) {
        const attempt = createAttempt();
        try {
          return await away.watch(within(limitMs, work(attempt), attempt.giveUp));
        } catch (error) {
          if (isFinal(error) || isDataError(error)) throw error;
          away.begin(error);
        }
        await comeBack({ progress: [], transactions: [], others: attempt.transactions });
      }
    },
  };
}
