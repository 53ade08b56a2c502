import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';

/** A process of the simulation. What it has begun happens only while it lives, and not while it is paused. */
export interface SimProcess {
  readonly name: string;
  readonly alive: boolean;
  /** Run as this process: its timers, clocks and random numbers are the simulation's. */
  run<T>(work: () => T): T;
  /** Something comes from outside: now, when it goes on after a pause, or never. */
  deliver(work: () => void): void;
  pause(): void;
  resume(): void;
  /** As by `kill -9`: nothing of it happens any more. */
  kill(): void;
}

/** Time that passes only when the simulation says so. */
export interface VirtualTime {
  /** Milliseconds since the simulation began. */
  readonly nowMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Call later, as nobody; returns what cancels it. */
  after(delayMs: number, work: () => void): () => void;
  createProcess(name: string): SimProcess;
  /** Let time pass until it holds, at most until `limitMs`. */
  passUntil(limitMs: number, holds?: () => boolean): Promise<boolean>;
  /** Give the real clocks back. */
  restore(): void;
}

interface Timer {
  readonly atMs: number;
  readonly work: () => void;
}

type Callback = (...args: unknown[]) => void;
// The module as an object: its functions are replaced, and `syncBuiltinESMExports` passes that on to those who import them.
const promises = createRequire(import.meta.url)('node:timers/promises') as { setTimeout: typeof import('node:timers/promises').setTimeout };
const real = { ...globalThis, sleep: promises.setTimeout, dateNow: Date.now, random: Math.random };
const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis;

/**
 * Replace timers, clocks and random numbers for what runs within a process of the simulation; all else goes on as before.
 * One at a time.
 */
export function startVirtualTime(random: () => number, beginMs: number): VirtualTime {
  const inProcess = new AsyncLocalStorage<SimProcess>();
  const timers = new Map<number, Timer>();
  let nowMs = 0;
  let nextId = 1;
  const realNow = performance.now.bind(performance);

  function after(delayMs: number, work: () => void): () => void {
    const id = nextId++;
    timers.set(id, { atMs: nowMs + Math.max(0, delayMs), work });
    return () => timers.delete(id);
  }

  /** A timer as Node's: an object that `clear` takes. */
  class SimTimeout {
    cancel: () => void = () => {};
    ref(): this {
      return this;
    }
    unref(): this {
      return this;
    }
  }

  function startTimer(process: SimProcess, work: () => void, delayMs: number, again: boolean): SimTimeout {
    const timeout = new SimTimeout();
    const wait = (): void => {
      timeout.cancel = after(Math.max(1, delayMs), () => {
        if (!process.alive) return;
        let cancelled = false;
        timeout.cancel = () => {
          cancelled = true;
        };
        process.deliver(() => {
          if (cancelled) return;
          if (again) wait();
          work();
        });
      });
    };
    wait();
    return timeout;
  }

  const timerOf =
    (original: (work: Callback, delayMs?: number, ...args: unknown[]) => unknown, again: boolean) =>
    (work: Callback, delayMs = 1, ...args: unknown[]): unknown => {
      const process = inProcess.getStore();
      return process ? startTimer(process, () => work(...args), delayMs, again) : original(work, delayMs, ...args);
    };
  const clearOf =
    (original: (timer: never) => void) =>
    (timer: unknown): void => {
      if (timer instanceof SimTimeout) timer.cancel();
      else original(timer as never); // Node's own
    };

  function sleep(delayMs = 1, value?: unknown, options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    const process = inProcess.getStore();
    if (process === undefined) return real.sleep(delayMs, value, options);
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        timeout.cancel();
        reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', cause: signal?.reason }));
      };
      const timeout = startTimer(
        process,
        () => {
          signal?.removeEventListener('abort', abort);
          resolve(value);
        },
        delayMs,
        false,
      );
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  // Node's signatures have more forms than the code under test uses.
  Object.assign(globalThis, {
    setTimeout: timerOf(setTimeout as never, false),
    setInterval: timerOf(setInterval as never, true),
    clearTimeout: clearOf(clearTimeout as never),
    clearInterval: clearOf(clearInterval as never),
  });
  Object.assign(promises, { setTimeout: sleep });
  syncBuiltinESMExports();
  Date.now = () => (inProcess.getStore() ? Math.floor(beginMs + nowMs) : real.dateNow());
  performance.now = () => (inProcess.getStore() ? nowMs : realNow());
  Math.random = () => (inProcess.getStore() ? random() : real.random());

  function takeNext(limitMs: number): Timer | undefined {
    let best: number | undefined;
    let bestMs = limitMs;
    for (const [id, { atMs }] of timers) {
      if (atMs > bestMs || (atMs === bestMs && best !== undefined)) continue;
      best = id;
      bestMs = atMs;
    }
    if (best === undefined) return undefined;
    const timer = timers.get(best);
    timers.delete(best);
    return timer;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get wallMs() {
      return beginMs + nowMs;
    },
    after,
    createProcess: (name) => createProcess(inProcess, name),
    passUntil: async (limitMs, holds = () => false) => {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve)); // all promises and ticks of the last step
        if (holds()) return true;
        const timer = takeNext(limitMs);
        if (timer === undefined) break;
        nowMs = Math.max(nowMs, timer.atMs);
        timer.work();
      }
      nowMs = Math.max(nowMs, limitMs);
      return false;
    },
    restore: () => {
      timers.clear();
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      Object.assign(promises, { setTimeout: real.sleep });
      syncBuiltinESMExports();
      Date.now = real.dateNow;
      performance.now = realNow;
      Math.random = real.random;
    },
  };
}

function createProcess(inProcess: AsyncLocalStorage<SimProcess>, name: string): SimProcess {
  let alive = true;
  let isPaused = false;
  let waiting: (() => void)[] = [];
  const self: SimProcess = {
    name,
    get alive() {
      return alive;
    },
    run: (work) => inProcess.run(self, work),
    deliver: (work) => {
      if (!alive) return;
      if (isPaused) waiting.push(work);
      else inProcess.run(self, work);
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      const due = waiting;
      waiting = [];
      for (const work of due) self.deliver(work);
    },
    kill: () => {
      alive = false;
      waiting = [];
    },
  };
  return self;
}
