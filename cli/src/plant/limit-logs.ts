import { copyFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 20 << 20;
const LOOK_MS = 60_000;

/** Keep every log below 40 MB: a file that is full becomes `.1`, and is emptied (its writer appends and goes on). */
export function limitLogs(folder: string): () => void {
  const timer = setInterval(() => shortenLogs(folder), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** On a full disk there is no room for a copy: the newer lines are worth less than the room. */
export function shortenLogs(folder: string, maxBytes = MAX_BYTES): void {
  for (const name of namesIn(folder).filter((file) => file.endsWith('.log'))) {
    const path = join(folder, name);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < maxBytes) continue;
    try {
      copyFileSync(path, `${path}.1`);
    } catch {
      rmSync(`${path}.1`, { force: true });
    }
    truncateSync(path);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Somebody has deleted the logs: their writers keep what they have open.
  }
}
