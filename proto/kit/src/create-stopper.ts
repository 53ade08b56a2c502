import type { Logger } from './create-logger.ts';

/** Graceful stop of a process, in order. */
export interface Stopper {
  /** Aborted when the stop begins. */
  readonly signal: AbortSignal;
  /** Register a step. Steps run one after the other, the last registered first. */
  onStop(name: string, step: () => void | Promise<void>): void;
  /** Stop now. Calls after the first wait for the same stop. */
  stop(reason: string): Promise<void>;
}

/** The part of `process` a stopper needs; tests give their own. */
export interface StopperHost {
  on(event: 'SIGTERM' | 'SIGINT' | 'disconnect', listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Stop on SIGTERM, SIGINT and when the parent's IPC closes: run the registered steps, then exit with 0. A step that
 * throws is logged and the others still run (exit 1); after `timeoutMs` in all the process exits with 1.
 */
export function createStopper({
  log,
  timeoutMs,
  host = process,
}: {
  readonly log: Logger;
  readonly timeoutMs: number;
  readonly host?: StopperHost;
}): Stopper {
  const controller = new AbortController();
  const steps: { readonly name: string; readonly step: () => void | Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;

  async function run(reason: string): Promise<void> {
    log.info({ reason }, 'stopping');
    const timer = setTimeout(() => {
      log.error({ timeoutMs }, 'stopping took too long: exiting');
      host.exit(1);
    }, timeoutMs);
    controller.abort(new Error(reason));
    let failed = false;
    for (const { name, step } of steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        failed = true;
        log.error({ err: error, step: name }, 'a step of the stop failed');
      }
    }
    clearTimeout(timer);
    log.info('stopped');
    host.exit(failed ? 1 : 0);
  }

  const stop = (reason: string): Promise<void> => {
    stopping ??= run(reason);
    return stopping;
  };
  host.on('SIGTERM', () => void stop('SIGTERM'));
  host.on('SIGINT', () => void stop('SIGINT'));
  host.on('disconnect', () => void stop('parent is gone'));
  return { signal: controller.signal, onStop: (name, step) => void steps.push({ name, step }), stop };
}
