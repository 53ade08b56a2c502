import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@kubeplant/kit';
import pg from 'pg';
import { type Launch, spawnServer } from './launch.ts';

/** A PostgreSQL server of our own on a loopback port. */
export interface TestServer {
  /** As superuser, database `postgres`. */
  readonly adminUrl: string;
  /** `SIGINT` stops fast, `SIGQUIT` at once as after a crash. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** Start again after `stop`, same port and data. */
  start(): Promise<void>;
}

/** Options of a server. `durable`: with fsync, as in production (benches, not tests). */
export interface ServerOptions {
  readonly dataDir: string;
  readonly password: string;
  readonly durable: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Start a server on data that `initdb` has made; resolves when it answers. */
export async function startServer(launch: Launch, options: ServerOptions): Promise<TestServer> {
  const port = await freePort();
  const adminUrl = `postgresql://postgres:${options.password}@127.0.0.1:${port}/postgres`;
  const args = serverArguments(options, port);
  let child = await startOnce(launch, args, adminUrl);
  return {
    adminUrl,
    stop: async (signal = 'SIGINT') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
    start: async () => {
      child = await startOnce(launch, args, adminUrl);
    },
  };
}

function serverArguments(options: ServerOptions, port: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    max_wal_size: '4GB',
    shared_buffers: options.durable ? '512MB' : '128MB',
    timezone: 'UTC',
    ...(options.durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...options.settings,
  };
  return ['-D', options.dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function startOnce(launch: Launch, args: readonly string[], adminUrl: string): Promise<ChildProcess> {
  const child = spawnServer(launch, args);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  const deadlineMs = Date.now() + 30_000;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await answers(adminUrl)) return child;
    await sleep(20);
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL did not start:\n${log}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
