import type { Clock } from '../driver.ts';

/** Something that is polled together: a device's tags of one sampling interval, or a single request. */
export interface PollGroup {
  /** Identity among the groups of one poller. */
  readonly key: string;
  /** At least 1. */
  readonly intervalMs: number;
}

/** What a poller needs. */
export interface PollerOptions {
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  /** Poll the group; the promise settles when its poll is over and must not reject. */
  readonly poll: (key: string) => Promise<void>;
  /** `count` polls of the group were left out because the one before was not over, or the process was too late. */
  readonly onOverrun: (key: string, count: number) => void;
}

/** Polls groups on fixed grids. */
export interface Poller {
  /** Take this set of groups. A group whose key and interval stay keeps its grid and its running poll. */
  setGroups(groups: readonly PollGroup[]): void;
  /** Stop all timers; running polls end by themselves. */
  stop(): void;
}

/** A new group's first poll comes within this time and a tick, whatever its interval. */
const FIRST_POLL_WITHIN_MS = 1000;
/** Grids begin on ticks of this width: hundreds of groups share a wake-up, which costs more than a small poll does. */
const TICK_MS = 20;

interface Slot {
  readonly intervalMs: number;
  nextDueMs: number;
  running: boolean;
  cancel: () => void;
}

/**
 * A polling schedule without drift (a late poll does not move the grid) and without pile-up (a group never polls twice at
 * once; what could not start is counted and left out). Phases are spread by a hash of the key, so that groups of one
 * interval do not all come at once, but in small crowds.
 */
export function createPoller({ clock, poll, onOverrun }: PollerOptions): Poller {
  const slots = new Map<string, Slot>();

  function add({ key, intervalMs }: PollGroup): void {
    const phase = phaseOf(key);
    const slot: Slot = { intervalMs, nextDueMs: 0, running: false, cancel: () => {} };
    slots.set(key, slot);
    const firstMs = nextTick(clock.monotonicMs() + phase * Math.min(intervalMs, FIRST_POLL_WITHIN_MS), intervalMs);
    slot.cancel = clock.setTimer(firstMs - clock.monotonicMs(), () => {
      start(key, slot);
      // The first polls of slow groups crowd into a second; their grids spread over half an interval.
      const spread = intervalMs > FIRST_POLL_WITHIN_MS ? 0.5 + phase / 2 : 1;
      schedule(key, slot, nextTick(firstMs + spread * intervalMs, intervalMs));
    });
  }

  function schedule(key: string, slot: Slot, dueMs: number): void {
    slot.nextDueMs = dueMs;
    slot.cancel = clock.setTimer(dueMs - clock.monotonicMs(), () => due(key, slot));
  }

  function due(key: string, slot: Slot): void {
    const missed = Math.max(0, Math.floor((clock.monotonicMs() - slot.nextDueMs) / slot.intervalMs));
    if (missed > 0) onOverrun(key, missed);
    if (slot.running) onOverrun(key, 1);
    else start(key, slot);
    schedule(key, slot, slot.nextDueMs + (missed + 1) * slot.intervalMs);
  }

  function start(key: string, slot: Slot): void {
    slot.running = true;
    void poll(key).finally(() => {
      slot.running = false;
    });
  }

  return {
    setGroups: (groups) => {
      const wanted = new Map(groups.map((group) => [group.key, group]));
      for (const [key, slot] of slots) {
        if (wanted.get(key)?.intervalMs === slot.intervalMs) continue;
        slot.cancel();
        slots.delete(key);
      }
      for (const group of wanted.values()) if (!slots.has(group.key)) add(group);
    },
    stop: () => {
      for (const slot of slots.values()) slot.cancel();
      slots.clear();
    },
  };
}

/** The next tick of all groups with this interval; those of short intervals still have ten to be spread over. */
function nextTick(ms: number, intervalMs: number): number {
  const tickMs = Math.min(TICK_MS, intervalMs / 10);
  return Math.ceil(ms / tickMs) * tickMs;
}

/** 0…1 by FNV-1a: the same after every restart. */
function phaseOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  return (Math.imul(hash, 0x85ebca6b) >>> 0) / 2 ** 32;
}
