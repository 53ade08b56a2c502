import { Unavailable } from '../ports.ts';

/** Lets few works run at once; others wait for their turn. */
export interface Gate {
  /** Run when there is a place. Rejects with `Unavailable` when too many wait already. */
  run<T>(work: () => Promise<T>, turn?: Turn): Promise<T>;
}

/** How a work waits. */
export interface Turn {
  /** Before those without. */
  readonly first?: boolean;
  /** Of works with the same key only some may wait. */
  readonly key?: string;
}

interface GateSize {
  readonly places: number;
  readonly waiting: number;
  readonly waitingPerKey?: number;
  /** Who has waited this long is turned away; absent: nobody. */
  readonly waitMs?: number;
  /** What is said to those who find no room to wait. */
  readonly full: string;
}

interface Waiting {
  readonly key: string | undefined;
  readonly begin: () => void;
}

/** Gate of a size. */
export function createGate({ places, waiting, waitingPerKey = waiting, waitMs, full }: GateSize): Gate {
  let running = 0;
  const queues: readonly [Waiting[], Waiting[]] = [[], []];
  const countOf = (key: string): number => queues.reduce((sum, queue) => sum + queue.filter((one) => one.key === key).length, 0);
  const waitForTurn = ({ first = false, key }: Turn): Promise<void> => {
    const queue = queues[first ? 0 : 1]; // a line of their own: a flood of others does not fill it
    const isFull = queue.length >= waiting || (key !== undefined && countOf(key) >= waitingPerKey);
    if (isFull) return Promise.reject(new Unavailable(full));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one: Waiting = { key, begin: resolve };
    queue.push(one);
    if (waitMs === undefined) return promise;
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(one), 1);
      reject(new Unavailable(full));
    }, waitMs);
    return promise.finally(() => clearTimeout(timer));
  };
  return {
    async run(work, turn = {}) {
      if (running >= places) await waitForTurn(turn);
      else running += 1;
      try {
        return await work();
      } finally {
        const next = queues[0].shift() ?? queues[1].shift();
        if (next === undefined) running -= 1;
        else next.begin(); // the place goes on to the next
      }
    },
  };
}
