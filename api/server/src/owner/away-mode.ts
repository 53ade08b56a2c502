import type { NotRecorded } from '../ports.ts';

/** Without an answer for so long, the database counts as away and what comes is shown meanwhile. */
const STALL_MS = 2_000;
/** How often what comes is shown while the database is away. */
const SHOW_MS = 100;

interface Deps {
  readonly nowUs: () => number;
  /** Evaluate and show what has come. */
  readonly tick: () => void;
  readonly onChange: (notRecorded: NotRecorded | undefined, error?: unknown) => void;
}

/** Whether the database is away, since when and why. */
export interface AwayMode {
  current(): NotRecorded | undefined;
  /** Resolves when it is away, at once when it is already. */
  begun(): Promise<void>;
  /** `sinceUs`: what has come since then is not recorded; now unless given. */
  begin(error: unknown, sinceUs?: number): void;
  /** The same as `work`; when it takes too long, the database is away. */
  watch<T>(work: Promise<T>): Promise<T>;
  end(): void;
  stop(): void;
}

export function createAwayMode({ nowUs, tick, onChange }: Deps): AwayMode {
  let current: NotRecorded | undefined;
  let ticking: NodeJS.Timeout | undefined;
  let begun = Promise.withResolvers<void>();
  let stopped = false;
  const begin = (error: unknown, sinceUs = nowUs()): void => {
    if (stopped) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (current?.reason === reason) return;
    const isNew = current === undefined;
    current = { sinceUs: current?.sinceUs ?? sinceUs, reason };
    ticking ??= setInterval(tick, SHOW_MS);
    begun.resolve();
    onChange(current, isNew ? error : undefined);
  };
  return {
    current: () => current,
    begun: () => begun.promise,
    begin,
    watch: async (work) => {
      const sinceUs = nowUs();
      const stall = setTimeout(() => begin(new Error(`the database has not answered for ${STALL_MS / 1000} s`), sinceUs), STALL_MS);
      try {
        return await work;
      } finally {
        clearTimeout(stall);
      }
    },
    end: () => {
      if (current === undefined) return;
      clearInterval(ticking);
      ticking = undefined;
      current = undefined;
      begun = Promise.withResolvers<void>();
      onChange(undefined);
    },
    stop: () => {
      stopped = true;
      clearInterval(ticking);
    },
  };
}
