import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { StoreLog } from '../store/store-log.ts';

interface Deps {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly log: StoreLog;
  readonly signal: AbortSignal;
  readonly onWake: (name: string) => Promise<void>;
}

const RETRY_MS = 2_000;

/** Listen for jobs that are asked for until the signal says so; a lost connection is made again. What is missed is done when it is due. */
export async function listenForWakes(deps: Deps): Promise<void> {
  const { signal, log } = deps;
  while (!signal.aborted) {
    await listen(deps).catch((error: unknown) => log.warn({ err: error }, 'cannot listen for jobs that are asked for; trying again'));
    if (!signal.aborted) await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when the connection has ended. */
async function listen({ databaseUrl, channel, log, signal, onWake }: Deps): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'kubeplant jobs, listening', keepAlive: true });
  client.on('error', (error) => log.warn({ err: error }, 'the connection that listens for jobs was lost'));
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('notification', ({ payload = '' }) => {
    onWake(payload).catch((error: unknown) => log.error({ err: error, job: payload }, 'a job that was asked for could not be queued'));
  });
  const end = (): void => void client.end().catch(() => {});
  signal.addEventListener('abort', end, { once: true });
  try {
    // A connection that is ended while it is being made neither resolves nor rejects.
    await Promise.race([client.connect().then(() => client.query(`LISTEN ${channel}`)), ended]);
    await ended;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
