import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';
import { DEFAULT_DATA, dataDirectory } from '../plant/data-directory.ts';
import { lockOwner } from '../plant/lock.ts';
import { signalProcess, waitUntilGone } from '../plant/process-identity.ts';

const TIMEOUT_MS = 20_000;

export const down = defineCommand({
  meta: { name: 'down', description: 'Stop the local plant; its data stays.' },
  args: { data: { type: 'string', description: 'Data folder of the plant.', default: DEFAULT_DATA, valueHint: 'DIR' } },
  run: async ({ args }) => {
    const data = dataDirectory(args.data);
    const owner = lockOwner(data);
    if (owner === undefined) {
      process.stderr.write(`no plant runs on ${data.root}\n`);
      return;
    }
    signalProcess(owner, 'SIGTERM');
    const left = await waitUntilGone([owner], TIMEOUT_MS);
    if (left.length > 0)
      throw new CommandError(`the plant (process ${owner.pid}) did not stop within ${TIMEOUT_MS / 1000} s: see ${data.logs}`);
    process.stderr.write('stopped\n');
  },
});
