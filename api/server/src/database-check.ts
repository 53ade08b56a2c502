import type pg from 'pg';

const intervalMs = 5000;

/** Whether the database answers, asked every five seconds. */
export interface DatabaseCheck {
  /** Undefined when it does, else why not. */
  problem(): string | undefined;
  stop(): void;
}

/** Check of the pool for `/readyz`. */
export function createDatabaseCheck(pool: Pick<pg.Pool, 'query'>): DatabaseCheck {
  let problem: string | undefined;
  const ask = async (): Promise<void> => {
    try {
      await pool.query('SELECT 1');
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  };
  const timer = setInterval(() => void ask(), intervalMs);
  timer.unref();
  return { problem: () => problem, stop: () => clearInterval(timer) };
}
