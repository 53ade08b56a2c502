import { existsSync, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { freePort } from '@kubeplant/kit';
import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';
import { assertDatabaseUrl } from '../plant/assert-database-url.ts';
import { DEFAULT_DATA, dataDirectory, prepareDataDirectory } from '../plant/data-directory.ts';
import { assertDataFormat, markDataFormat } from '../plant/data-format.ts';
import { endLeftovers } from '../plant/end-leftovers.ts';
import { assertPortFree } from '../plant/assert-port-free.ts';
import { limitLogs } from '../plant/limit-logs.ts';
import { explainDataError, inDataDirectory } from '../plant/in-data-directory.ts';
import { acquireLock } from '../plant/lock.ts';
import { identityOf } from '../plant/process-identity.ts';
import { createReporter } from '../plant/reporter.ts';
import type { PlantOptions } from '../plant/plant-options.ts';
import { type Plant, startPlant } from '../plant/start-plant.ts';
import { watchDisks } from '../plant/watch-disks.ts';
import { createStateWriter } from '../plant/state-writer.ts';
import { type PlantState, readPlantState } from '../plant/state-file.ts';
import { startDetached } from './up-detached.ts';

export const up = defineCommand({
  meta: { name: 'up', description: 'Run a whole plant from YAML: database, api, console, collectors, simulators.' },
  args: {
    path: {
      type: 'positional',
      required: true,
      description: 'Files and folders with YAML, a kustomization, or - for standard input.',
      valueHint: 'PATH…',
    },
    simulate: { type: 'boolean', description: 'Let the Simulations of Sites that allow it take over: no device is dialled.' },
    data: { type: 'string', description: 'Folder for everything the plant keeps.', default: DEFAULT_DATA, valueHint: 'DIR' },
    host: { type: 'string', description: 'Address the console and HTTP listen on.', default: '127.0.0.1' },
    port: { type: 'string', description: 'Port the console and HTTP listen on; 0 for any free one.', default: '8080' },
    'database-url': { type: 'string', description: 'A PostgreSQL to use in place of the embedded one.', valueHint: 'URL' },
    detach: { type: 'boolean', description: 'Go on in the background; see status and down.' },
    json: { type: 'boolean', description: 'One JSON object a line.' },
  },
  run: async ({ args, rawArgs }) => {
    const port = Number(args.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new CommandError(`--port ${args.port} is not a port: give a number from 0 to 65535`, 2);
    for (const path of args._.filter((given) => given !== '-')) {
      if (!existsSync(path)) throw new CommandError(`there is no file or folder "${path}": check the path`, 2);
    }
    if (args['database-url'] !== undefined) assertDatabaseUrl(args['database-url']);
    if (args.detach) return startDetached(rawArgs, args);
    const data = dataDirectory(args.data);
    assertDataFormat(data);
    const release = inDataDirectory(data, () => {
      mkdirSync(data.root, { recursive: true, mode: 0o700 });
      return acquireLock(data);
    });
    try {
      await run(
        { data, paths: args._, simulate: args.simulate === true, host: args.host, port, databaseUrl: args['database-url'] },
        args.json === true,
      );
    } catch (error) {
      throw explainDataError(data, error);
    } finally {
      release();
    }
  },
});

async function run(options: PlantOptions, json: boolean): Promise<void> {
  const { data } = options;
  const reporter = createReporter(process, json);
  const stopped = stopRequested();
  const previous = readPlantState(data);
  const killed = await endLeftovers(previous);
  if (killed > 0) reporter.notice(`${killed} process${killed === 1 ? '' : 'es'} of an earlier start did not end and had to be killed`);
  inDataDirectory(data, () => {
    prepareDataDirectory(data);
    markDataFormat(data);
  });
  if (options.port !== 0) await assertPortFree(options.host, options.port);
  const port = options.port === 0 ? await freePort(options.host) : options.port;
  const since = new Date().toISOString();
  let plant: Plant | undefined;
  const writeState = createStateWriter(reporter.notice, data, () => plant && stateOf(options, plant, since));
  const stopLogs = limitLogs(data.logs);
  const stopDisks = watchDisks(reporter, () => [data.root, ...(options.databaseUrl === undefined ? [data.postgres] : [])]);
  const paths = await Promise.all(options.paths.map((path) => (path === '-' ? saveStandardInput(data.root) : resolve(path))));
  const cancel = new AbortController();
  const starting = startPlant({ reporter, onChange: writeState, signal: cancel.signal }, { ...options, port, paths: paths.map(shortest) });
  try {
    const first = await Promise.race([starting, stopped]);
    if (typeof first === 'string') {
      reporter.notice(`${first}: stopping`);
      return;
    }
    plant = first;
    writeState();
    reporter.ready({ url: plant.url, username: 'admin', passwordFile: data.passwordFile, password: plant.password, logs: data.logs });
    reporter.notice(`${await stopped}: stopping`);
  } finally {
    stopLogs();
    stopDisks();
    // Cuts the waits of a start that failed or is not wanted any more; it stops what it had started.
    cancel.abort(new Error('stopped'));
    plant ??= await starting.catch(() => undefined);
    await plant?.stop();
    writeState();
  }
}

const stateOf = (options: PlantOptions, plant: Plant, since: string): PlantState => ({
  // A running process can always be looked up.
  owner: identityOf(process.pid) as NonNullable<ReturnType<typeof identityOf>>,
  since,
  url: plant.url,
  paths: options.paths,
  simulate: options.simulate,
  ready: true,
  processes: plant.processes().map((child) => child.state()),
});

function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
    process.once('SIGTERM', () => resolve('asked to end'));
    process.once('SIGHUP', () => resolve('the terminal is gone'));
  });
}

/** Standard input is read once, and followed no further. */
async function saveStandardInput(folder: string): Promise<string> {
  const path = join(folder, 'stdin.yaml');
  await writeFile(path, await readAll(process.stdin), { mode: 0o600 });
  return path;
}

/** As the user would write it: relative where it lies below the present folder. */
function shortest(path: string): string {
  const below = `${process.cwd()}/`;
  return path.startsWith(below) ? path.slice(below.length) : path;
}
