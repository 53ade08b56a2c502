import type { DesiredProcess } from '@kubeplant/operator-local';
import { childProcess } from './child-process.ts';
import { type SuperviseOptions, type Supervised, supervise } from './supervise.ts';

/** The collectors and simulators that run, brought to what the operator wants. */
export interface ProcessPool {
  /** Start what is new, stop what is not wanted any more, leave the rest alone. */
  set(wanted: readonly DesiredProcess[]): Promise<void>;
  all(): readonly Supervised[];
  stop(timeoutMs: number): Promise<void>;
}

/** A stop because a device moved need not be hurried: what was measured is delivered first. */
const RETIRE_TIMEOUT_MS = 15_000;

export function createProcessPool(
  deps: Pick<SuperviseOptions, 'onCrash' | 'onChange'> & {
    readonly onMessage: (message: unknown) => void;
    readonly onSet: (names: readonly string[]) => void;
  },
  logs: string,
): ProcessPool {
  const running = new Map<string, { readonly process: Supervised; readonly wish: string }>();
  let closed = false;
  const tell = (): void => deps.onSet([...running.keys()]);
  return {
    set: async (wanted) => {
      if (closed) return;
      const wishes = new Map(wanted.map((process) => [process.name, JSON.stringify(process)]));
      const gone = [...running].filter(([name, { wish }]) => wishes.get(name) !== wish);
      for (const [name] of gone) running.delete(name);
      await Promise.all(gone.map(([, { process }]) => process.stop(RETIRE_TIMEOUT_MS)));
      for (const desired of wanted) {
        if (running.has(desired.name) || closed) continue;
        const process = supervise({ ...deps, ...childProcess({ ...desired, logs }) });
        running.set(desired.name, { process, wish: wishes.get(desired.name) ?? '' });
      }
      tell();
    },
    all: () => [...running.values()].map(({ process }) => process),
    stop: async (timeoutMs) => {
      closed = true;
      await Promise.all([...running.values()].map(({ process }) => process.stop(timeoutMs)));
    },
  };
}
