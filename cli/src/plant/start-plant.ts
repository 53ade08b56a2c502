import { existsSync } from 'node:fs';
import { freePorts } from '@kubeplant/kit';
import type { OperatorMessage } from '@kubeplant/operator-local';
import { CommandError } from '../command-error.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { apiEnv, jobsEnv, operatorEnv } from './child-env.ts';
import { childProcess } from './child-process.ts';
import { prepareCertificates, renewCertificates } from './certificates.ts';
import { prepareConsole } from './console-build.ts';
import { type DataDirectory, readIfThere, writeSecret } from './data-directory.ts';
import type { PlantOptions } from './plant-options.ts';
import { createProcessPool } from './process-pool.ts';
import type { Reporter } from './reporter.ts';
import { howEnded, type Supervised, supervise } from './supervise.ts';
import { tellCrashes } from './tell-crashes.ts';

/** A running plant. */
export interface Plant {
  readonly url: string;
  readonly password: string | undefined;
  /** The processes by name, in the order in which they were started. */
  processes(): readonly Supervised[];
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/** Start every process of a plant; resolves when the api serves and the YAML is in force. Rejects with what went wrong, all stopped. */
export async function startPlant(
  deps: { readonly reporter: Reporter; readonly onChange: () => void; readonly signal: AbortSignal },
  options: PlantOptions,
): Promise<Plant> {
  const { reporter, onChange, signal } = deps;
  const { data } = options;
  const stops: (() => Promise<void>)[] = [];
  const started: (() => readonly Supervised[])[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  const watched = { onChange, onCrash: tellCrashes(reporter.notice) };
  try {
    const [, consoleBuild, certificates, [ingestPort = 0, modelPort = 0]] = await allDone([
      reporter.step(
        'database',
        async () => {
          if (options.databaseUrl !== undefined) {
            writeSecret(data.databaseUrlFile, options.databaseUrl);
            return 'the one given by --database-url';
          }
          const { process, detail } = await startPostgres(watched, data);
          started.push(() => [process]);
          stops.push(() => process.stop(3000));
          return detail;
        },
        (detail) => detail,
      ),
      reporter.step('console', prepareConsole, ({ detail }) => detail),
      prepareCertificates(data.tls),
      freePorts(2),
    ]);
    const stopRenewing = renewCertificates(data.tls, reporter.notice);
    stops.push(async () => stopRenewing());
    // What was being made is not cut off half-way; only the waiting below is.
    signal.throwIfAborted();
    const firstStart = !existsSync(data.passwordFile);
    const shared = { data, certificates, ingestPort, modelPort };
    const api = supervise({
      ...watched,
      // An api that cannot start at all ends the start, which says why.
      onCrash: (crash) => (crash.delayMs === undefined ? undefined : watched.onCrash(crash)),
      ...childProcess({
        name: 'api',
        title: 'kubeplant: api',
        entry: 'api',
        env: apiEnv({ ...shared, ...options, consoleFolder: consoleBuild.folder }),
        logs: data.logs,
      }),
    });
    started.push(() => [api]);
    stops.push(() => api.stop(2500));
    const operator = startOperator({ ...watched, reporter }, { ...options, env: operatorEnv({ ...shared, ...options }) });
    started.push(operator.processes);
    stops.push(operator.stop);
    await Promise.all([
      reporter.step(
        'api',
        () => waitUntilRunning(api, signal),
        () => `console and HTTP on port ${options.port}`,
      ),
      reporter.step(
        'plant',
        () => operator.applied(READY_TIMEOUT_MS, signal),
        (summary) => summary,
      ),
    ]);
    // Only now: nothing that has to be up waits for it.
    const jobs = supervise({
      ...watched,
      ...childProcess({ name: 'jobs', title: 'kubeplant: jobs', entry: 'api', env: jobsEnv(shared), logs: data.logs }),
    });
    started.push(() => [jobs]);
    stops.push(() => jobs.stop(2500));
    const password = firstStart ? readIfThere(data.passwordFile)?.trim() : undefined;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    return { url: `http://${host}:${options.port}`, password, processes: () => started.flatMap((all) => all()), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Like `Promise.all`, but a failure is told when all have ended: what the others started can be stopped then. */
async function allDone<const T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** The local operator and the processes it asks for. */
function startOperator(
  deps: {
    readonly reporter: Reporter;
    readonly onChange: () => void;
    readonly onCrash: NonNullable<Parameters<typeof supervise>[0]['onCrash']>;
  },
  options: { readonly data: DataDirectory; readonly env: Readonly<Record<string, string>> },
) {
  const { logs } = options.data;
  const listeners: Record<string, unknown> = {};
  let summary = '';
  let waiting: (() => void) | undefined;
  let applied = false;
  const tellRunning = (): void => operator.send({ type: 'running', collectors: collectors.names() });
  const names: { collectors: readonly string[] } = { collectors: [] };
  const collectorPool = createProcessPool(
    {
      ...deps,
      onMessage: () => undefined,
      onSet: (set) => {
        names.collectors = set;
        tellRunning();
      },
    },
    logs,
  );
  const collectors = { names: () => names.collectors };
  const simulatorPool = createProcessPool(
    {
      ...deps,
      onSet: () => undefined,
      onMessage: (message) => {
        const reported = (message as { readonly listeners?: object }).listeners;
        if (reported === undefined) return;
        Object.assign(listeners, reported);
        operator.send({ type: 'simulators', listeners });
      },
    },
    logs,
  );
  const operator: Supervised = supervise({
    ...deps,
    ...childProcess({ name: 'operator', title: 'kubeplant: operator', entry: 'operator', env: options.env, logs }),
    onMessage: (raw) => {
      const message = raw as OperatorMessage;
      if (message.type === 'processes') {
        void collectorPool.set(message.collectors);
        void simulatorPool.set(message.simulators);
      } else if (message.type === 'report') {
        summary = describe(message);
        deps.reporter.report(message);
      } else if (message.type === 'notice') {
        deps.reporter.notice(message.message);
      } else if (message.type === 'applied') {
        applied = true;
        waiting?.();
      } else if (message.type === 'ready') {
        // A restarted operator has to be told again.
        operator.send({ type: 'simulators', listeners });
        tellRunning();
      }
    },
  });
  return {
    processes: () => [operator, ...simulatorPool.all(), ...collectorPool.all()],
    applied: (timeoutMs: number, signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new CommandError(`the plant was not in force within ${timeoutMs / 1000} s: see ${logs}`)),
          timeoutMs,
        );
        const cancel = (): void => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        signal.addEventListener('abort', cancel, { once: true });
        waiting = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
          resolve(summary);
        };
        if (applied) waiting();
      }),
    stop: async () => {
      await collectorPool.stop(4500);
      await Promise.all([simulatorPool.stop(1500), operator.stop(1500)]);
    },
  };
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;

const describe = (report: Extract<OperatorMessage, { type: 'report' }>): string =>
  [
    count(report.sites, 'site'),
    count(report.devices, 'device'),
    count(report.rules, 'alarm rule'),
    count(report.collectors, 'collector'),
    count(report.simulations, 'simulator'),
  ].join(', ');

async function waitUntilRunning(process: Supervised, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (process.state().state !== 'Running') {
    signal.throwIfAborted();
    const { restarts, state } = process.state();
    if (performance.now() > deadlineMs || restarts >= 3 || state === 'Stopped')
      throw new CommandError(`${process.name} does not start: ${howEnded(process.state())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
