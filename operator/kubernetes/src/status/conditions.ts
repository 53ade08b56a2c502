import type { Condition } from '@kubeplant/crds';

/** A condition before it is known whether it is a change. */
export interface WantedCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** Longest message kept; a status stays small. */
const MAX_MESSAGE = 1024;

/**
 * Conditions to write: `lastTransitionTime` moves only when a status flips. `Reconciling`, `Stalled` and `Suspended` are
 * there only while they are True. Sorted by type.
 */
export function mergeConditions(
  present: readonly Condition[],
  wanted: readonly WantedCondition[],
  { generation, now }: { readonly generation: number; readonly now: Date },
): Condition[] {
  const before = new Map(present.map((condition) => [condition.type, condition]));
  return wanted
    .filter(({ type, status }) => status === 'True' || !ONLY_WHEN_TRUE.has(type))
    .map(({ type, status, reason, message }) => {
      const old = before.get(type);
      const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now.toISOString().replace(/\.[0-9]+Z$/, 'Z');
      return { type, status, observedGeneration: generation, lastTransitionTime, reason, message: message.slice(0, MAX_MESSAGE) };
    })
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

const ONLY_WHEN_TRUE = new Set(['Reconciling', 'Stalled', 'Suspended', 'Simulated']);

/** What has become of a declaration, as all tools understand it. */
export type Outcome =
  | { readonly kind: 'applied'; readonly reason: string; readonly message: string }
  /** Something else must appear or finish first. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  /** Only a change of the declaration helps. */
  | { readonly kind: 'stalled'; readonly reason: string; readonly message: string };

/** `Ready`, with `Reconciling` or `Stalled` beside it. */
export function summarize(outcome: Outcome): WantedCondition[] {
  const { reason, message } = outcome;
  const ready: WantedCondition = { type: 'Ready', status: outcome.kind === 'applied' ? 'True' : 'False', reason, message };
  if (outcome.kind === 'applied') return [ready];
  return [ready, { type: outcome.kind === 'waiting' ? 'Reconciling' : 'Stalled', status: 'True', reason, message }];
}
