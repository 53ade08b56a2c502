import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';
import { DEFAULT_DATA, dataDirectory } from '../plant/data-directory.ts';
import { endLeftovers } from '../plant/end-leftovers.ts';
import { lockOwner } from '../plant/lock.ts';
import { readPlantState } from '../plant/state-file.ts';
import { serviceFolder } from '../postgres/service-user.ts';
import { stopOrphan } from '../postgres/stop-orphan.ts';

export const reset = defineCommand({
  meta: { name: 'reset', description: 'Delete everything the local plant keeps: history, alarms, users.' },
  args: {
    data: { type: 'string', description: 'Data folder of the plant.', default: DEFAULT_DATA, valueHint: 'DIR' },
    yes: { type: 'boolean', alias: 'y', description: 'Do not ask.' },
  },
  run: async ({ args }) => {
    const data = dataDirectory(args.data);
    if (!existsSync(data.root)) {
      process.stderr.write(`there is nothing in ${data.root}\n`);
      return;
    }
    // Whatever --data names is deleted whole: it must be ours.
    if (!existsSync(data.rootKeyFile) && !existsSync(data.lockFile))
      throw new CommandError(`${data.root} was not made by kubeplant: nothing is deleted`);
    const owner = lockOwner(data);
    if (owner !== undefined) throw new CommandError(`the plant on ${data.root} runs (process ${owner.pid}): \`kubeplant down\` first`);
    if (!args.yes && !(await confirm(data.root))) throw new CommandError('nothing was deleted');
    await endLeftovers(readPlantState(data));
    const folders = [serviceFolder(data.root), data.postgres];
    for (const folder of folders) await stopOrphan(join(folder, 'data'));
    if (process.getuid?.() === 0) rmSync(serviceFolder(data.root), { recursive: true, force: true });
    rmSync(data.root, { recursive: true, force: true });
    process.stderr.write(`deleted ${data.root}\n`);
  },
});

async function confirm(root: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError('there is no terminal to ask on: give --yes', 2);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Delete history, alarms and users in ${root}? Type yes: `);
  terminal.close();
  return answer.trim() === 'yes';
}
