import { explainWriteError } from '@kubeplant/kit';
import type { LocalHostOptions } from './local-host.ts';
import { createRunQueue, type RunQueue } from './run-queue.ts';

type Options = Pick<LocalHostOptions, 'stateDir' | 'log' | 'onNotice'>;

/** How soon what could not be written is tried again. */
const RETRY_MS = 2000;

/** Carries out one request after the other; where the state cannot be written it tries again until it can. */
export function createStateQueue(options: Options, carryOut: () => Promise<void>): RunQueue {
  const state = createStateNotice(options);
  const queue = createRunQueue(async () => {
    try {
      await carryOut();
      state.written();
    } catch (error) {
      const why = explainWriteError(error);
      if (why === undefined) throw error;
      state.refused(why);
      setTimeout(() => void queue.request(), RETRY_MS).unref();
    }
  });
  return queue;
}

/** Says once that the state cannot be written, and when it can again: the plant goes on as it was meanwhile. */
function createStateNotice({ stateDir, log, onNotice }: Options) {
  let known: string | undefined;
  return {
    refused: (why: string): void => {
      if (why === known) return;
      known = why;
      const message = `${stateDir} cannot be written: ${why}; the plant goes on as it was, changed files come into force after that`;
      log.error(message);
      onNotice(message);
    },
    written: (): void => {
      if (known === undefined) return;
      known = undefined;
      const message = `${stateDir} can be written again: all files are in force`;
      log.info(message);
      onNotice(message);
    },
  };
}
