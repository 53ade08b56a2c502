/** Work that is done again and again, and sooner when it is asked for; one at a time over all processes, and from where it was when it was killed. */
export interface JobTask {
  /** Lower case, with hyphens. */
  readonly name: string;
  /** How often: whole minutes up to an hour, or whole hours up to a day. */
  readonly everyMs: number;
  /** What `JobRun.done` counts: `readings`. */
  readonly unit: string;
  /** Does all there is to do, whoever asked; ends soon when the signal says so. */
  run(run: JobRun): Promise<void>;
}

/** One run of a task. */
export interface JobRun {
  /** Aborted when the process ends, or when another process may have begun this task. */
  readonly signal: AbortSignal;
  /** So much more is done. */
  done(count: number): void;
}

const MINUTE_MS = 60_000;

/** When a task is due, as cron writes it: spread over the hour, so that not everything begins at once. */
export function toCron(everyMs: number, name: string): string {
  const minutes = everyMs / MINUTE_MS;
  const offset = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 60;
  if (Number.isInteger(minutes) && minutes >= 1 && minutes < 60) return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
  if (Number.isInteger(minutes / 60) && minutes >= 60 && minutes <= 1440)
    return minutes === 60 ? `${offset} * * * *` : minutes === 1440 ? `${offset} 0 * * *` : `${offset} */${minutes / 60} * * *`;
  throw new Error(`the job ${name} is to run every ${everyMs} ms; it must be whole minutes up to an hour or whole hours up to a day`);
}
