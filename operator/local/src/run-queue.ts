/** Runs a job, one at a time; asking again while it runs runs it once more afterwards. */
export interface RunQueue {
  /** Resolves when a run that began after this call has ended. */
  request(): Promise<void>;
  idle(): Promise<void>;
}

export function createRunQueue(job: () => Promise<void>): RunQueue {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const next = (): Promise<void> => {
    waiting = undefined;
    running = job();
    return running;
  };
  return {
    request: () => {
      waiting ??= running.then(next, next);
      return waiting;
    },
    idle: async () => {
      await (waiting ?? running);
    },
  };
}
