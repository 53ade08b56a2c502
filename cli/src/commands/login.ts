import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { createClient } from '@kubeplant/api-client';
import { defineCommand } from 'citty';
import { connectionArgs } from '../api/connect.ts';
import { createFetchInTime } from '../api/fetch-in-time.ts';
import { createRefreshStore } from '../api/login-file.ts';
import { CommandError } from '../command-error.ts';

export const login = defineCommand({
  meta: { name: 'login', description: 'Sign in to a plant that runs elsewhere; get and readings then look there.' },
  args: {
    server: connectionArgs.server,
    username: { type: 'string', alias: 'u', description: 'User; asked for without it.' },
    'password-stdin': { type: 'boolean', description: 'Read the password from standard input.' },
  },
  run: async ({ args }) => {
    const server = args.server ?? process.env.KUBEPLANT_SERVER;
    if (server === undefined || !/^https?:\/\/./.test(server)) throw new CommandError('which plant? Give --server https://host:port', 2);
    const username = args.username ?? (await ask('User: ', false));
    const password = args['password-stdin'] ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : await ask('Password: ', true);
    const client = createClient({ baseUrl: server, refreshStore: createRefreshStore(server), fetch: createFetchInTime() });
    const { user } = await client.auth.login({ username, password });
    process.stderr.write(`logged in to ${server} as ${user.username}\n`);
    if (user.mustChangePassword) process.stderr.write('change the password in the console first: until then nothing else is allowed\n');
  },
});

async function ask(question: string, hidden: boolean): Promise<string> {
  if (!process.stdin.isTTY) throw new CommandError('there is no terminal to ask on: give --username and --password-stdin', 2);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  try {
    // From here on the terminal itself shows nothing that is typed.
    if (hidden) process.stderr.write(question);
    return await terminal.question(hidden ? '' : question);
  } finally {
    terminal.close();
    if (hidden) process.stderr.write('\n');
  }
}
