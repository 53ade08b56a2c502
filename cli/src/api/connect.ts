import { type Client, createClient } from '@kubeplant/api-client';
import { CommandError } from '../command-error.ts';
import { DEFAULT_DATA, dataDirectory, readIfThere } from '../plant/data-directory.ts';
import { lockOwner } from '../plant/lock.ts';
import { readPlantState } from '../plant/state-file.ts';
import { createFetchInTime } from './fetch-in-time.ts';
import { createRefreshStore, readLogin } from './login-file.ts';

/** Flags of every command that looks into a plant. */
export const connectionArgs = {
  server: {
    type: 'string',
    description: 'Address of the plant (or KUBEPLANT_SERVER); by default the local one, else where you logged in.',
    valueHint: 'URL',
  },
  token: { type: 'string', description: 'Token to use (or KUBEPLANT_TOKEN).' },
  data: { type: 'string', description: 'Data folder of the local plant.', default: DEFAULT_DATA, valueHint: 'DIR' },
} as const;

/** Client of the plant meant: by flag or variable, else the local one, else where the user logged in. */
export function connect(args: {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly data: string;
}): Client {
  const fetch = createFetchInTime();
  const server = args.server ?? process.env.KUBEPLANT_SERVER;
  const token = args.token ?? process.env.KUBEPLANT_TOKEN;
  const local = findLocal(args.data);
  if (server === undefined && local !== undefined) return createClient({ baseUrl: local.url, token: token ?? local.token, fetch });
  const login = readLogin();
  const baseUrl = server ?? login?.server;
  if (baseUrl === undefined) {
    throw new CommandError(
      `no plant runs in ${args.data}: start one with \`kubeplant up\`, or name one with --server and \`kubeplant login\``,
    );
  }
  if (token !== undefined) return createClient({ baseUrl, token, fetch });
  if (local?.url === baseUrl) return createClient({ baseUrl, token: local.token, fetch });
  if (login?.server !== baseUrl.replace(/\/+$/, ''))
    throw new CommandError(`you are not logged in to ${baseUrl}: \`kubeplant login --server ${baseUrl}\`, or give --token`);
  return createClient({ baseUrl, refreshStore: createRefreshStore(baseUrl), fetch });
}

function findLocal(path: string): { readonly url: string; readonly token: string } | undefined {
  const data = dataDirectory(path);
  const url = lockOwner(data) === undefined ? undefined : readPlantState(data)?.url;
  const token = readIfThere(data.cliTokenFile)?.trim();
  return url === undefined || token === undefined ? undefined : { url, token };
}
