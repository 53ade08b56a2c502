/**
 * Loaded into a process with `--import`: each sync of a file takes at least as many milliseconds as the file named by
 * KUBEPLANT_FAULT_SYNC_MS_FILE says at the time.
 */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

interface Syncing {
  datasync(): Promise<void>;
  sync(): Promise<void>;
}

const file = process.env.KUBEPLANT_FAULT_SYNC_MS_FILE ?? '';
const handle = await open(file, 'r');
const prototype = Object.getPrototypeOf(handle) as Syncing; // the class itself is not exported
await handle.close();
for (const name of ['datasync', 'sync'] as const) {
  const inner = prototype[name];
  prototype[name] = async function (this: Syncing) {
    await sleep(Number(readFileSync(file, 'utf8')));
    return inner.call(this);
  };
}
