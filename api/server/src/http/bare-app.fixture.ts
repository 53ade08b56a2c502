import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { SiteModel } from '@kubeplant/crds/model';
import { createLogger } from '@kubeplant/kit';
import type { FastifyInstance } from 'fastify';
import { type AppDeps, buildApp } from '../app.ts';
import { signAccessToken } from '../auth/access-token.ts';
import { toSigningKeys } from '../auth/signing-keys.ts';
import { createLiveHub } from '../live/hub.ts';
import type { LiveHub, Readings, ScopedClient, Sites, StoredReading, StoredTag } from '../ports.ts';

/** The HTTP side on a port, without a database: one tag whose history has no end. */
export interface BareApp {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly hub: LiveHub;
  /** Chunks of history that were read, and readers that were closed. */
  readonly source: { chunks: number; closed: number };
  /** Access token of a viewer. */
  tokenOf(username: string): Promise<string>;
  /** Ask for the endless history as CSV. */
  export(token?: string): Promise<IncomingMessage>;
  get(path: string, headers?: Record<string, string>): Promise<IncomingMessage>;
  /** A bare connection. */
  connect(): Promise<Socket>;
  /** Write these bytes, read until the end. */
  exchange(bytes: string): Promise<string>;
}

export const CLI_TOKEN = 'cli';
export const ENDLESS = '/api/v1/namespaces/default/devices/pump/tags/flow/readings';

const keys = await toSigningKeys(generateKeyPairSync('ed25519').privateKey);
const tag = {
  ...{ tagId: 1, tenant: 'local/default', site: 'north', device: 'pump', name: 'flow', origin: 'Real', text: false },
} as unknown as StoredTag; // Branded id.

export async function startBareApp(more: Partial<AppDeps> & { readonly models?: readonly SiteModel[] } = {}): Promise<BareApp> {
  const { models = [], ...deps } = more;
  const source = { chunks: 0, closed: 0 };
  const hub = createLiveHub();
  const app = await buildApp({
    ...bareDeps(source),
    hub,
    sites: { models: () => models, recording: () => true } as unknown as Sites,
    ...deps,
  }); // All that is asked of them here.
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo; // A TCP server's address is never a string.
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> => {
    const [response] = await once(get({ port, host: '127.0.0.1', path, headers, agent: false }), 'response');
    return response;
  };
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return {
    ...{ app, port, hub, source, get: ask, connect: open },
    tokenOf: (username) =>
      signAccessToken(
        { keys, now: Date.now },
        {
          ...{ kind: 'user', userId: `id-of-${username}`, username, displayName: username, mustChangePassword: false, sessionId: username },
          grants: [{ role: 'viewer', namespace: '*', site: '*' }],
        },
      ),
    export: (token = CLI_TOKEN) => ask(ENDLESS, { authorization: `Bearer ${token}`, accept: 'text/csv' }),
    exchange: async (bytes) => {
      const socket = await open();
      socket.write(bytes);
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return text;
    },
  };
}

function bareDeps(source: BareApp['source']) {
  /** History without an end. */
  async function* endless(): AsyncGenerator<readonly StoredReading[]> {
    const chunk = Array.from({ length: 1000 }, (_, i) => ({ timeUs: i, value: Math.sin(i), status: 0, flags: 0, receivedUs: i }));
    try {
      for (;;) {
        source.chunks += 1;
        yield chunk;
      }
    } finally {
      source.closed += 1;
    }
  }
  const withScope = ((_scope, run) => run({} as ScopedClient)) as AppDeps['withScope']; // Never used by the fake below.
  const siteDay = async () => ({ timezone: 'UTC', dayStart: '00:00' });
  const readings = { tag: async () => tag, meanings: async () => [], siteDay, stream: endless } as unknown as Readings; // What an export needs.
  const log = createLogger({ name: 'test', level: 'silent' });
  return { cluster: 'local', version: '0', now: Date.now, cliToken: CLI_TOKEN, withScope, readings, keys, log };
}
