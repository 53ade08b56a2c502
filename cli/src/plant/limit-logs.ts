import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 20 << 20;
const LOOK_MS = 60_000;

/** Keep every log below 40 MB: a file that is full becomes `.1`, and is emptied (its writer appends and goes on). */
export function limitLogs(folder: string): () => void {
  const timer = setInterval(() => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
      const path = join(folder, name);
      if (statSync(path).size < MAX_BYTES) continue;
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
