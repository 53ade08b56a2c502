import type { Clock } from '../driver.ts';
import { repeat } from '../repeat.ts';
import type { Told } from '../uplink/create-session.ts';

/** What a shard's configuration says of standbys and isolation. */
export interface StandingRules {
  readonly highAvailability: 'Off' | 'Warm';
  readonly onIsolation: 'KeepPolling' | 'StopPolling';
}

/** Whether this collector may have field connections. */
export interface Standing {
  /** The rules in force; the first call begins. */
  setRules(rules: StandingRules): void;
  /** What the owner says. */
  told(told: Pick<Told, 'active' | 'reason'>): void;
  /** The owner has said that this collector still holds its shard. */
  renewed(): void;
  /** Why it does not poll, as `Reason: sentence`; undefined when it does. */
  problem(): string | undefined;
  close(): void;
  readonly polling: boolean;
}

/** What a standing needs. */
export interface StandingDeps {
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  readonly onChange: (polling: boolean) => void;
}

/** Without a renewal for so long another collector may take over: it does a second later. */
const ISOLATED_AFTER_MS = 4000;
const LOOK_EVERY_MS = 250;

type State =
  /** The owner has said nothing yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'active'; readonly heardMs: number }
  | { readonly kind: 'standby'; readonly reason: string }
  | { readonly kind: 'isolated' };

/**
 * Polls while the owner says that this collector is active. Before it says anything: at once, unless a standby waits for its
 * turn (`Warm`) or polling needs to be renewed (`StopPolling`). `StopPolling`: not for longer than 4 s without a renewal.
 */
export function createStanding({ clock, onChange }: StandingDeps): Standing {
  let rules: StandingRules | undefined;
  let state: State = { kind: 'waiting' };
  let polling = false;

  function enter(next: State): void {
    state = next;
    const wanted = mayPoll(rules, state);
    if (wanted === polling) return;
    polling = wanted;
    onChange(polling);
  }

  function look(): void {
    if (rules?.onIsolation !== 'StopPolling' || state.kind !== 'active') return;
    if (clock.monotonicMs() - state.heardMs >= ISOLATED_AFTER_MS) enter({ kind: 'isolated' });
  }

  const cancel = repeat(clock, LOOK_EVERY_MS, look);
  return {
    setRules: ({ highAvailability, onIsolation }) => {
      rules = { highAvailability, onIsolation }; // and nothing else of what may be a whole configuration
      enter(state);
    },
    told: ({ active, reason }) => enter(active ? { kind: 'active', heardMs: clock.monotonicMs() } : { kind: 'standby', reason }),
    renewed: () => {
      if (state.kind === 'active' || state.kind === 'isolated') enter({ kind: 'active', heardMs: clock.monotonicMs() });
    },
    problem: () => (rules === undefined || polling ? undefined : explain(state)),
    close: cancel,
    get polling() {
      return polling;
    },
  };
}

function mayPoll(rules: StandingRules | undefined, state: State): boolean {
  if (rules === undefined) return false;
  if (state.kind === 'waiting') return rules.highAvailability === 'Off' && rules.onIsolation === 'KeepPolling';
  return state.kind === 'active';
}

function explain(state: State): string {
  if (state.kind === 'isolated')
    return `Isolated: the api was not heard for ${ISOLATED_AFTER_MS / 1000} s, so the field connections are closed`;
  if (state.kind === 'standby') return state.reason || 'Standby: another collector holds this shard';
  return 'Standby: it waits until the api says that it may poll';
}
