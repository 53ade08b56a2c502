import { createFailureCounter } from './failure-counter.ts';
import { networkOf } from './network-of.ts';

/** A try that may be made. It counts as failed until it is settled otherwise. */
export interface LoginAttempt {
  readonly kind: 'attempt';
  /** This user has signed in from this network before. */
  readonly known: boolean;
  succeeded(): void;
  /** It was neither right nor wrong: it could not be judged. */
  unsettled(): void;
}

/** Slows down guessing. In memory of this process and bounded: a restart forgives. */
export interface LoginThrottle {
  /** Begin a try: counted at once, so that tries sent together are all counted. */
  begin(username: string, address: string): LoginAttempt | { readonly kind: 'wait'; readonly waitMs: number };
}

const maxKnown = 10_000;
/** Failures that cost nothing: of one user from one network, from one network, of one user. */
const free = { pair: 3, network: 20, user: 20 } as const;

/** Throttle by user and network. Who has signed in from a network before is not slowed down by what others try. */
export function createLoginThrottle(now: () => number): LoginThrottle {
  const pairs = createFailureCounter(now, free.pair);
  const networks = createFailureCounter(now, free.network);
  const users = createFailureCounter(now, free.user);
  const knownPairs = new Set<string>();
  return {
    begin(username, address) {
      const network = networkOf(address);
      const pair = `${username} ${network}`;
      const known = knownPairs.has(pair);
      const waits = known ? [pairs.waitMs(pair)] : [pairs.waitMs(pair), networks.waitMs(network), users.waitMs(username)];
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return { kind: 'wait', waitMs };
      pairs.add(pair);
      networks.add(network);
      users.add(username);
      const unsettled = (): void => {
        pairs.takeBack(pair);
        networks.takeBack(network);
        users.takeBack(username);
      };
      const succeeded = (): void => {
        unsettled();
        pairs.forget(pair);
        knownPairs.delete(pair);
        knownPairs.add(pair);
        if (knownPairs.size > maxKnown) for (const oldest of knownPairs) return void knownPairs.delete(oldest);
      };
      return { kind: 'attempt', known, succeeded, unsettled };
    },
  };
}
