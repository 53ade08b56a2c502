import {
  ConfigError,
  type ConfigOf,
  createLogger,
  createStopper,
  followTlsFiles,
  type Logger,
  logProcessWarnings,
  preferSmallHeap,
  readConfig,
  startProbes,
  startTelemetry,
  tellReady,
} from '@kubeplant/kit';
import manifest from '../package.json' with { type: 'json' };
import { createModelLink, type Edit, type EditResult, type ModelLink } from '@kubeplant/operator-link';
import { isEndpoints } from './carry-out/endpoints-file.ts';
import { localOperatorConfig } from './config.ts';
import { handleEdit } from './edit/handle-edit.ts';
import { createLocalHost, type LocalHost, type Report } from './local-host.ts';
import type { OperatorMessage, ParentMessage } from './messages.ts';
import { createProblemLog } from './log-problems.ts';
import { createRunQueue } from './run-queue.ts';
import { watchSources } from './watch-sources.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The local operator: reads YAML, plans, and tells its parent which processes there should be. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  preferSmallHeap();
  let log = createLogger({ name: 'operator' });
  try {
    const config = readConfig(localOperatorConfig, env);
    log = createLogger({ name: 'operator', level: config.logLevel });
    logProcessWarnings(log);
    await run(config, log);
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, 'the operator cannot start');
    process.exit(error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED);
  }
}

async function run(config: ConfigOf<typeof localOperatorConfig>, log: Logger): Promise<void> {
  const stopper = createStopper({ log, timeoutMs: 5000 });
  const telemetry = startTelemetry({ service: 'kubeplant-operator', version: manifest.version });
  stopper.onStop('telemetry', () => telemetry.shutdown());
  const tls = followTlsFiles(config, log);
  stopper.onStop('certificates', () => tls.close());
  const tell = (message: OperatorMessage): void => void process.send?.(message);
  const logProblems = createProblemLog(log);
  let host: LocalHost | undefined;
  let report: Report | undefined;
  // Edits are made one after the other: each sees what the one before has written.
  const edits = createEditQueue((edit) =>
    host === undefined
      ? Promise.reject(new Error('the plant is being read: try again'))
      : handleEdit({ accepted: host.accepted, held: () => report?.held ?? [], reload: host.reload }, edit),
  );
  const tellApplied = (): void => {
    if (report !== undefined && link.state().sites.every(({ revision, accepted }) => revision === accepted)) tell({ type: 'applied' });
  };
  const link: ModelLink = createModelLink({
    endpoint: config.modelEndpoint,
    tls: tls.current,
    hello: { cluster: 'local', leaseTransitions: 0, host: 'local', consoleEdits: true },
    log,
    onEdit: edits,
    onAccepted: tellApplied,
    onHealth: ({ namespace, shards }) => {
      for (const report of shards) if (report.connected) host?.confirm(`${namespace}/${report.shard}`, report);
    },
    backoff: { minMs: 50, maxMs: 2000 },
  });
  stopper.onStop('link', () => link.close());
  const queue = createRunQueue(async () => host?.reload());
  const watch = watchSources(() => void queue.request());
  stopper.onStop('watch', () => watch.close());
  host = await createLocalHost({
    paths: JSON.parse(config.paths),
    simulate: config.simulate,
    stateDir: config.stateDir,
    bufferDir: config.bufferDir,
    process: config,
    link,
    log,
    onProcesses: (processes) => tell({ type: 'processes', ...processes }),
    onReport: (next) => {
      report = next;
      tell({ type: 'report', ...next });
      logProblems(next);
    },
    onNotice: (message) => tell({ type: 'notice', message }),
    onWatched: (paths) => watch.set(paths),
  });
  const { close, reload } = host;
  stopper.onStop('host', close);
  listen(host, log);
  await reload();
  const probes = await startProbes({
    host: config.probeHost,
    port: config.probePort,
    checks: { files: () => (report === undefined ? 'not read yet' : undefined) },
    metricsText: () => telemetry.metricsText(),
  });
  stopper.onStop('probes', () => probes.close());
  tellReady({ probe: probes.port });
  tellApplied();
}

function createEditQueue(run: (edit: Edit) => Promise<EditResult>): (edit: Edit) => Promise<EditResult> {
  let last: Promise<unknown> = Promise.resolve();
  return (edit) => {
    const result = last.then(() => run(edit));
    last = result.catch(() => undefined);
    return result;
  };
}

function listen(host: LocalHost, log: Logger): void {
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'simulators' && isEndpoints(message.listeners)) {
      log.info({ listeners: message.listeners }, 'simulators listen');
      void host.setEndpoints(message.listeners);
    } else if (message.type === 'running') {
      host.setRunning(message.collectors);
    }
  });
}

await main(process.env);
