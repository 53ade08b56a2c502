import type { SiteEngine } from '@kubeplant/engine';
import type { Store } from '../store/create-store.ts';
import type { Accumulator } from './accumulator.ts';
import { type Batch, isEmpty } from './batch.ts';
import { type Committed, commitBatch } from './commit-batch.ts';

/** Longest wait of a reading before its commit begins. */
const MAX_WAIT_MS = 20;
/** Rows that begin a commit at once. */
const MAX_ROWS = 10_000;

interface Deps {
  readonly store: Store;
  readonly owner: { readonly tenant: string; readonly site: string; readonly epoch: number };
  readonly engine: SiteEngine;
  readonly accumulator: Accumulator;
  readonly nowUs: () => number;
  readonly onCommitted: (batch: Batch, result: Committed, durationMs: number) => void;
  /** The engine is ahead of the database now: it must be thrown away. */
  readonly onFailed: (error: unknown) => void;
}

/** Group commit of one owner: one transaction at a time, everything that came meanwhile in the next. */
export interface CommitLoop {
  /** Something has come: commit within 20 ms, or now when there is much. */
  schedule(): void;
  /** Between two commits, for what must not run beside one. Rejects when it fails or the loop has ended. */
  between<T>(run: () => Promise<T>): Promise<T>;
  /** Resolves when all that has come until now is committed. */
  flush(): Promise<void>;
  stop(): void;
}

export function createCommitLoop(deps: Deps): CommitLoop {
  let tail: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let queued = false;
  let ended = false;

  const commitOnce = async (): Promise<void> => {
    queued = false;
    if (ended) return;
    const { engine, accumulator, nowUs } = deps;
    const startMs = performance.now();
    try {
      const calculated = engine.calculate();
      const batch = accumulator.cut(engine.takeChanges(), calculated, nowUs());
      if (isEmpty(batch)) return;
      const result = await commitBatch(deps.store, deps.owner, batch);
      if (ended) return;
      accumulator.committed(batch);
      deps.onCommitted(batch, result, performance.now() - startMs);
    } catch (error) {
      if (ended) return;
      ended = true;
      deps.onFailed(error);
    }
  };
  const enqueue = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    queued = true;
    tail = tail.then(commitOnce);
    return tail;
  };
  return {
    schedule: () => {
      if (queued || ended) return;
      if (deps.accumulator.rows() >= MAX_ROWS) void enqueue();
      else timer ??= setTimeout(enqueue, MAX_WAIT_MS);
    },
    between: (run) => {
      const done = tail.then(() => (ended ? Promise.reject(new Error('the owner of the site has ended')) : run()));
      tail = done.then(
        () => {},
        () => {},
      );
      return done;
    },
    flush: enqueue,
    stop: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
