import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';
import { childProcess } from '../plant/child-process.ts';
import { assertDataFormat } from '../plant/data-format.ts';
import { type DataDirectory, DEFAULT_DATA, dataDirectory, readIfThere } from '../plant/data-directory.ts';
import { acquireLock } from '../plant/lock.ts';

const LAYOUTS = ['hypertables', 'partitions'];

export const migrateStorage = defineCommand({
  meta: { name: 'migrate-storage', description: 'Move the history to the other storage layout, while no api and no jobs run.' },
  args: {
    to: { type: 'string', required: true, description: LAYOUTS.join(', ') },
    'database-url-file': { type: 'string', description: 'File with the URL of the database, as the api has it.', valueHint: 'FILE' },
    data: {
      type: 'string',
      description: `Folder of a local plant that does not run, in place of --database-url-file; by default ${DEFAULT_DATA}.`,
      valueHint: 'DIR',
    },
    json: { type: 'boolean', description: 'One JSON object a line.' },
  },
  run: async ({ args }) => {
    const file = args['database-url-file'];
    if (!LAYOUTS.includes(args.to)) throw new CommandError(`--to ${args.to} is no layout: use ${LAYOUTS.join(' or ')}`, 2);
    if (file !== undefined && args.data !== undefined)
      throw new CommandError('--data and --database-url-file name two databases: give one of them', 2);
    if (file !== undefined && !existsSync(file)) throw new CommandError(`there is no file "${file}": check the path`, 2);
    const env = { KUBEPLANT_STORAGE_LAYOUT: args.to, KUBEPLANT_OUTPUT: args.json === true ? 'json' : 'text' };
    if (file !== undefined) return runMove({ ...env, KUBEPLANT_DATABASE_URL_FILE: resolve(file) });
    const data = dataDirectory(args.data ?? DEFAULT_DATA);
    if (!existsSync(data.databaseUrlFile))
      throw new CommandError(`there is no plant in ${data.root}: give its folder with --data, or --database-url-file`, 2);
    assertDataFormat(data);
    const release = acquireLock(data);
    try {
      if (!isEmbedded(data)) return await runMove({ ...env, KUBEPLANT_DATABASE_URL_FILE: data.databaseUrlFile });
    } finally {
      release();
    }
    if (args.to === 'hypertables')
      throw new CommandError(
        `the history in ${data.root} is in the PostgreSQL that comes with kubeplant, which has no TimescaleDB: it stays in partitions; hypertables need a server of your own (\`up --database-url\`)`,
      );
    process.stderr.write('nothing to do: the PostgreSQL that comes with kubeplant has the layout partitions\n');
    return 0;
  },
});

/** Whether `up` was last run on its own PostgreSQL: only that has this password. */
function isEmbedded(data: DataDirectory): boolean {
  const password = readIfThere(join(data.root, 'keys', 'database-password'));
  const url = (readIfThere(data.databaseUrlFile) ?? '').trim();
  return password !== undefined && URL.canParse(url) && new URL(url).password === password;
}

/** In a process of its own, out of the terminal's reach: it is told to stop once, by this one. */
function runMove(env: Readonly<Record<string, string>>): Promise<number> {
  const title = 'kubeplant: migrate-storage';
  const child = childProcess({ name: 'migrate-storage', title, entry: 'migrate-storage', env, logs: '' });
  const moving = spawn(child.command, child.args, { env: child.env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => moving.kill(signal));
  return ended(moving);
}

function ended(moving: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    moving.once('error', fail);
    moving.once('exit', (code, signal) => {
      if (code !== null) done(code);
      else fail(new CommandError(`the move was ended by ${signal}: what was moved stays moved, run the same command again to go on`));
    });
  });
}
