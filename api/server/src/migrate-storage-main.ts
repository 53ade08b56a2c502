import { ConfigError, readConfig } from '@kubeplant/kit';
import { MIGRATE_STORAGE_SETTINGS } from './migrate-storage-settings.ts';
import type { Layout } from './store/migrations/migration.ts';
import { formatEvent } from './store/migrate-storage/format-event.ts';
import { migrateStorage } from './store/migrate-storage/migrate-storage.ts';
import type { MoveEvent } from './store/migrate-storage/move-event.ts';

const exitFailed = 1;
const exitUsage = 2;
/** People need no line for each of thousands of spans. */
const quietMs = 1000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Moves a history from one layout to the other. Exits with 0 when it is moved whole. */
async function main(env: NodeJS.ProcessEnv): Promise<number> {
  const stop = stopRequested();
  let json = env.KUBEPLANT_OUTPUT === 'json';
  let begun = false;
  let exitCode = 0;
  let saidMs = 0;
  const tell = (event: MoveEvent): void => {
    begun ||= event.event === 'started';
    if (event.event === 'stopped') exitCode = exitFailed;
    if (event.event === 'done' && event.tables.some(({ before, after }) => before !== after)) exitCode = exitFailed;
    if (json) return void process.stdout.write(`${JSON.stringify(event)}\n`);
    if (event.event === 'span' && performance.now() - saidMs < quietMs) return;
    saidMs = performance.now();
    if (event.event === 'done') process.stdout.write(`${formatEvent(event)}\n`);
    else say(formatEvent(event));
  };
  try {
    const { databaseUrl, to, output } = readConfig(MIGRATE_STORAGE_SETTINGS, env);
    json = output === 'json';
    const log = {
      info: () => {},
      warn: (_fields: object, message: string) => say(message),
      error: (_fields: object, message: string) => say(message),
    };
    await migrateStorage({ databaseUrl, to: to as Layout, tell, signal: stop, log }); // one of the two, or there is an error
    return exitCode;
  } catch (error) {
    const rest = begun ? '; what was moved stays moved: run this again to go on' : '';
    const message = `${error instanceof Error ? error.message : String(error)}${rest}`;
    if (json) process.stdout.write(`${JSON.stringify({ event: 'failed', message })}\n`);
    say(`kubeplant: ${message}`);
    return error instanceof ConfigError ? exitUsage : exitFailed;
  }
}

/** The first request lets the present span be moved; with the second it is left as it was. */
function stopRequested(): AbortSignal {
  const stop = new AbortController();
  const request = (): void => {
    if (stop.signal.aborted) process.exit(exitFailed);
    say('stopping after the present span; again to stop at once');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  process.on('disconnect', () => stop.abort()); // whoever started this was killed
  // A terminal that is gone must not end a move.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return stop.signal;
}

const exitCode = await main(process.env);
// An open channel to whoever started this would keep the process.
if (process.connected) process.disconnect();
process.exitCode = exitCode;
