import type { Crash } from './supervise.ts';

const AGAIN_MS = 60_000;

/** Says that a process ended; the same again once a minute, so that one that cannot live does not fill the screen. */
export function tellCrashes(notice: (message: string) => void, nowMs: () => number = () => performance.now()): (crash: Crash) => void {
  const said = new Map<string, { readonly atMs: number; times: number }>();
  return ({ name, how, delayMs, logFile }) => {
    const key = `${name} ${how}`;
    const last = said.get(key);
    if (last !== undefined && nowMs() - last.atMs < AGAIN_MS) {
      last.times += 1;
      return;
    }
    const times = last === undefined || last.times === 0 ? '' : ` (${last.times + 1} times in the last minute)`;
    said.set(key, { atMs: nowMs(), times: 0 });
    notice(`${name} ${how}${times}; ${next(delayMs)} (log: ${logFile})`);
  };
}

const next = (delayMs: number | undefined): string =>
  delayMs === undefined
    ? 'it is not started again until that is mended and the plant restarted'
    : `it is started again in ${(delayMs / 1000).toFixed(1)} s`;
