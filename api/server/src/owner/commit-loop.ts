import type { FastSiteEngine } from '@kubeplant/engine';
import type { NotRecorded } from '../ports.ts';
import type { Accumulator } from './accumulator.ts';
import type { Attempt } from './attempt.ts';
import { type AwayMode, createAwayMode } from './away-mode.ts';
import { type Batch, isEmpty, type Shown } from './batch.ts';
import type { Committed } from './commit-batch.ts';
import { createPersistence, type Database } from './persistence.ts';

/** Longest wait of a reading before its commit begins. */
const MAX_WAIT_MS = 20;
/** Rows that begin a commit at once. */
const MAX_ROWS = 10_000;
/** A commit that took no longer than this has caught up with what came meanwhile. */
const CAUGHT_UP_MS = 1_000;
interface Deps extends Database {
  readonly engine: FastSiteEngine;
  readonly accumulator: Accumulator;
  readonly nowUs: () => number;
  readonly show: (shown: Shown) => void;
  readonly onCommitted: (batch: Batch, result: Committed, durationMs: number) => void;
  /** What is shown is not recorded from here on, and why; undefined: it is again. */
  readonly onRecording: (notRecorded: NotRecorded | undefined, error?: unknown) => void;
  /** The engine is of another history than the database now: it must be thrown away. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Group commit of one owner: one transaction at a time, everything that came meanwhile in the next. While the database is
 * away, what comes is evaluated and shown, and the commit is tried until it succeeds: what was shown is recorded then.
 */
export interface CommitLoop {
  /** Something has come: commit within 20 ms, or now when there is much. */
  schedule(): void;
  /** Between two commits, for what must not run beside one; again until the database answers. Rejects when the database refuses it or the loop has ended. */
  between<T>(run: (attempt: Attempt) => Promise<T>): Promise<T>;
  /** Resolves when all that has come until now is committed. */
  flush(): Promise<void>;
  readonly away: Pick<AwayMode, 'current' | 'begun'>;
  stop(): void;
}

export function createCommitLoop(deps: Deps): CommitLoop {
  const { engine, accumulator, nowUs } = deps;
  const stopping = new AbortController();
  let tail: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let queued = false;
  let ended = false;
  /** Of the commit that is under way: shown when it is done, or when the database is found to be away. */
  let unshown: Shown | undefined;

  const gather = (): Shown => {
    const calculated = engine.calculate();
    return accumulator.gather(engine.takeChanges(), calculated, nowUs());
  };
  const showUnshown = (): void => {
    const shown = unshown;
    unshown = undefined;
    if (shown !== undefined) deps.show(shown);
  };
  const away = createAwayMode({
    nowUs,
    tick: () => deps.show(gather()),
    onChange: (notRecorded, error) => {
      accumulator.setAway(notRecorded !== undefined);
      deps.onRecording(notRecorded, error); // first: nothing is shown without the banner
      if (notRecorded !== undefined) showUnshown();
    },
  });
  const persist = createPersistence({ ...deps, away, signal: stopping.signal });
  const commitOnce = async (): Promise<void> => {
    queued = false;
    try {
      while (!ended) {
        const shown = gather();
        if (away.current() === undefined) unshown = shown;
        else deps.show(shown);
        const batch = accumulator.cut(nowUs());
        if (isEmpty(batch)) break;
        const startMs = performance.now();
        const wasAway = away.current() !== undefined;
        const result = await persist.write(batch);
        if (ended) return;
        const durationMs = performance.now() - startMs;
        accumulator.committed(batch);
        deps.onCommitted(batch, result, durationMs);
        showUnshown();
        if (away.current() === undefined || (wasAway && durationMs <= CAUGHT_UP_MS)) break;
      }
      showUnshown();
      away.end();
    } catch (error) {
      if (ended) return;
      stop();
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
  const runBetween = async <T>(run: (attempt: Attempt) => Promise<T>): Promise<T> => {
    if (ended) throw new Error('the owner of the site has ended');
    const result = await persist.run(run);
    if (away.current() !== undefined) void enqueue();
    return result;
  };
  const stop = (): void => {
    ended = true;
    clearTimeout(timer);
    stopping.abort();
    away.stop();
  };
  return {
    away,
    schedule: () => {
      if (queued || ended) return;
      if (accumulator.rows() >= MAX_ROWS) void enqueue();
      else timer ??= setTimeout(enqueue, MAX_WAIT_MS);
    },
    between: (run) => {
      const done = tail.then(() => runBetween(run));
      tail = done.then(
        () => {},
        () => {},
      );
      return done;
    },
    flush: enqueue,
    stop,
  };
}
