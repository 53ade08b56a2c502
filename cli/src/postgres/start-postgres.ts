import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@kubeplant/kit';
import { CommandError } from '../command-error.ts';
import { type DataDirectory, readIfThere, writeSecret } from '../plant/data-directory.ts';
import { howEnded, type SuperviseOptions, type Supervised, supervise } from '../plant/supervise.ts';
import { preparePostgresBinaries } from './binaries.ts';
import { createCluster, postgresEnv } from './create-cluster.ts';
import { SERVICE_HOME, serviceFolder, serviceUser } from './service-user.ts';
import { stopOrphan } from './stop-orphan.ts';

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  readonly process: Supervised;
  /** What to tell about it, in the step's line. */
  readonly detail: string;
}

type Deps = Pick<SuperviseOptions, 'onCrash' | 'onChange'>;

const START_TIMEOUT_MS = 60_000;

/** Make the database at the first start, stop one left behind, start it, and write its URL down. */
export async function startPostgres(deps: Deps, data: DataDirectory): Promise<EmbeddedPostgres> {
  const user = serviceUser();
  const isNew =
    lstatSync(data.postgres, { throwIfNoEntry: false }) === undefined && !existsSync(join(data.root, 'keys', 'database-password'));
  const folder = prepareFolder(data, user !== undefined);
  const binaries = await preparePostgresBinaries(user !== undefined);
  const dataFolder = join(folder, 'data');
  const logFile = join(data.logs, 'postgres.log');
  const stopped = await stopOrphan(dataFolder);
  const passwordFile = join(data.root, 'keys', 'database-password');
  // The data directory was deleted by hand and its keys with it: nobody can open what is left of it elsewhere.
  if (isNew && user !== undefined) rmSync(dataFolder, { recursive: true, force: true });
  const first = !existsSync(dataFolder);
  if (first) writeSecret(passwordFile, await createCluster({ binaries, folder, user, logFile }));
  const password = readIfThere(passwordFile);
  if (password === undefined)
    throw new CommandError(`${passwordFile} is gone but the database is there: put it back, or \`kubeplant reset\``);
  const port = await freePort();
  writeSecret(data.databaseUrlFile, `postgresql://kubeplant:${password}@127.0.0.1:${port}/kubeplant`);
  const process = supervise({
    ...deps,
    name: 'postgres',
    title: 'postgres',
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', dataFolder, '-p', String(port)],
    env: postgresEnv(binaries),
    logFile,
    ipc: false,
    stopSignal: 'SIGINT',
    ...(user !== undefined && { user }),
  });
  await waitUntilReady(process, dataFolder);
  const place = user === undefined ? '' : `, in ${folder} as user postgres`;
  const what = first ? 'made' : stopped ? 'one left behind was stopped' : 'found';
  return { process, detail: `PostgreSQL 17 on port ${port}, ${what}${place}` };
}

/** As root the service user must reach the data: it lies below its home, and the data directory points there. */
function prepareFolder(data: DataDirectory, forOtherUser: boolean): string {
  if (!forOtherUser) return data.postgres;
  const folder = serviceFolder(data.root);
  mkdirSync(SERVICE_HOME, { recursive: true, mode: 0o755 });
  if (lstatSync(data.postgres, { throwIfNoEntry: false }) === undefined) symlinkSync(folder, data.postgres);
  return folder;
}

/** PostgreSQL writes `ready` into its pid file when it takes connections. */
async function waitUntilReady(process: Supervised, dataFolder: string): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const lines = (readIfThere(join(dataFolder, 'postmaster.pid')) ?? '').split('\n');
    if (Number(lines[0]) === process.state().pid && lines[7]?.trim() === 'ready') return;
    if (process.state().restarts > 5) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await process.stop(5000);
  throw new CommandError(`PostgreSQL does not start: ${howEnded(process.state())}`);
}
