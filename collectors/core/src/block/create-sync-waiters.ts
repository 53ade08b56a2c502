/** Those who wait until blocks are safe. */
export interface SyncWaiters {
  /** Wait for the block `seq` and all before it. */
  wait(seq: number): Promise<boolean>;
  /** Tell those whose blocks are all safe: `isSafe` is asked for the last of them. */
  settle(isSafe: (seq: number) => boolean): void;
  /** The block `seq` was lost. */
  lost(seq: number): void;
}

/** Nobody waits at first. */
export function createSyncWaiters(): SyncWaiters {
  let waiters: { readonly seq: number; readonly resolve: (safe: boolean) => void }[] = [];

  function resolveWhere(isDue: (seq: number) => boolean, safe: boolean): void {
    const due = waiters.filter(({ seq }) => isDue(seq));
    if (due.length === 0) return;
    waiters = waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve(safe);
  }

  return {
    wait: (seq) => new Promise((resolve) => void waiters.push({ seq, resolve })),
    settle: (isSafe) => resolveWhere(isSafe, true),
    lost: (lostSeq) => resolveWhere((seq) => seq >= lostSeq, false),
  };
}
