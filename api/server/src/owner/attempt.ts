import type pg from 'pg';

/** One try at a transaction. Given up, it goes no further, and what of it may still run in the database is known. */
export interface Attempt {
  /** The connection it has; throws when the attempt was given up meanwhile. */
  use(client: Pick<pg.PoolClient, 'connection'>): void;
  /** Throws when it was given up. `backend`: the process of the database that serves it. */
  goOn(backend?: number): void;
  /** It has ended by itself: its connection is another's from now on. */
  end(): void;
  /** The connection is cut, unless the attempt has ended. */
  giveUp(): void;
  readonly backend: number | undefined;
}

export function createAttempt(): Attempt {
  let isOver = false;
  let backend: number | undefined;
  let connection: pg.PoolClient['connection'] | undefined;
  const goOn = (serving?: number): void => {
    backend = serving ?? backend;
    if (isOver) throw new Error('the database answered too late; the attempt was given up');
  };
  return {
    goOn,
    use: (client) => {
      goOn();
      connection = client.connection;
    },
    end: () => {
      connection = undefined;
    },
    giveUp: () => {
      isOver = true;
      connection?.stream.destroy();
    },
    get backend() {
      return backend;
    },
  };
}
