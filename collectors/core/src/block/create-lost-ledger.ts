import type { Lost } from '@kubeplant/proto';

/** Losses that were not told yet: one span a reason, so that telling them takes no more room the longer it is put off. */
export interface LostLedger {
  add(lost: Lost): void;
  /** All of them; the ledger is empty then. */
  take(): readonly Lost[];
  readonly empty: boolean;
}

/** An empty ledger. */
export function createLostLedger(): LostLedger {
  let byReason = new Map<string, Lost>();
  return {
    add: (lost) => {
      const before = byReason.get(lost.reason);
      byReason.set(lost.reason, before ? mergeLost(before, lost) : lost);
    },
    take: () => {
      const all = [...byReason.values()];
      byReason = new Map();
      return all;
    },
    get empty() {
      return byReason.size === 0;
    },
  };
}

/** The span of both and their sums; the reason is that of the first. */
function mergeLost(a: Lost, b: Lost): Lost {
  return {
    fromUs: Math.min(a.fromUs, b.fromUs),
    untilUs: Math.max(a.untilUs, b.untilUs),
    readings: a.readings + b.readings,
    blocks: a.blocks + b.blocks,
    reason: a.reason,
  };
}
