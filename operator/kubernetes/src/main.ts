import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { createLogger, createStopper, preferSmallHeap, readConfig, startProbes, startTelemetry, tellReady } from '@kubeplant/kit';
import { inClusterAccess, kubeconfigAccess } from './api/cluster-access.ts';
import { createTransport } from './api/transport.ts';
import { startCaches } from './cache/caches.ts';
import { operatorConfig } from './config.ts';
import { connectApi } from './connect-api.ts';
import { type Leadership, lead } from './lease/lead.ts';
import { startOperator } from './operator.ts';
import { createEventRecorder } from './runtime/events.ts';
import { createOperatorMetrics } from './runtime/metrics.ts';
import { createClientTls } from './site/client-tls.ts';
import { loadAuthority, loadRootKey } from './site/cluster-keys.ts';

const VERSION = '0.1.0';
preferSmallHeap();
const { values: flags } = parseArgs({ options: { kubeconfig: { type: 'string' } } });
const config = readConfig(operatorConfig, process.env);
const log = createLogger({ name: 'operator', level: config.logLevel });
const telemetry = startTelemetry({ service: 'kubeplant-operator', version: VERSION });
const stopper = createStopper({ log, timeoutMs: 20_000 });
stopper.onStop('telemetry', () => telemetry.shutdown());
await run().catch((error: unknown) => {
  if (stopper.signal.aborted) return; // stopped before it was up
  log.fatal({ err: error }, 'the operator cannot start');
  process.exit(1);
});

async function run(): Promise<void> {
  const access = await findAccess();
  const namespace = config.namespace ?? access.namespace;
  const identity = config.replica ?? hostname();
  const metrics = createOperatorMetrics(telemetry.meter);
  let leadership: Leadership | undefined;
  const refuseWrite = (): string | undefined =>
    leadership === undefined || leadership.lost.aborted ? 'this replica does not lead' : undefined;
  const common = { access, userAgent: `kubeplant-operator/${VERSION}`, observe: metrics.requested };
  const transport = createTransport({ ...common, refuseWrite });
  const election = createTransport(common);
  stopper.onStop('connections', async () => {
    await Promise.all([transport.close(), election.close()]);
  });
  const caches = startCaches({ transport, log, onRelist: metrics.relisted, namespace: config.watchNamespace }, stopper.signal);
  const probes = await startProbes({
    host: config.probeHost,
    port: config.probePort,
    checks: { caches: () => (caches.unsynced().length === 0 ? undefined : `not listed yet: ${caches.unsynced().join(', ')}`) },
    metricsText: telemetry.metricsText,
  });
  stopper.onStop('probes', probes.close);
  tellReady({ probe: probes.port });
  await caches.synced;
  log.info('caches are complete');
  leadership = config.leaderElection
    ? await lead({ transport: election, namespace, name: 'kubeplant-operator', identity, log, now: () => new Date() }, stopper.signal)
    : { transitions: 1, lost: new AbortController().signal, release: async () => {} };
  const held = leadership;
  metrics.observeLeading('kubeplant-operator', () => !held.lost.aborted);
  held.lost.addEventListener('abort', () => {
    log.fatal({ err: held.lost.reason }, 'no longer leading: exiting');
    process.exit(1);
  });
  stopper.onStop('lease', held.release);
  log.info({ identity, transitions: held.transitions }, 'leading');
  const needsAuthority = config.caPem === undefined || (config.modelEndpoint !== undefined && config.certFile === undefined);
  const authority = needsAuthority ? await loadAuthority(transport, namespace) : undefined;
  const caPem = config.caPem ?? authority?.certPem ?? '';
  const operator = startOperator({
    caches,
    transport,
    events: createEventRecorder({ transport, log, instance: identity, now: () => new Date() }),
    log,
    metrics,
    cluster: config.cluster,
    rootKey: config.rootKey ?? (await loadRootKey(transport, namespace)),
    caPem,
    settings: {
      image: config.collectorImage,
      simulatorImage: config.simulatorImage,
      ingestEndpoint: config.ingestEndpoint,
      logLevel: 'info',
    },
    ingest: parseEndpoint(config.ingestEndpoint),
    connectApi:
      config.modelEndpoint === undefined
        ? undefined
        : connectApi({
            endpoint: config.modelEndpoint,
            tls: await createClientTls({ ...config, caPem, authority, log }),
            cluster: config.cluster,
            leaseTransitions: held.transitions,
            log,
          }),
    now: () => new Date(),
  });
  stopper.onStop('controllers', operator.close);
}

async function findAccess() {
  const path = flags.kubeconfig ?? config.kubeconfig;
  if (path !== undefined) return kubeconfigAccess(path);
  const access = await inClusterAccess(process.env, config.serviceAccountDir);
  if (access === undefined) throw new Error('not in a cluster: give --kubeconfig FILE or set KUBECONFIG');
  return access;
}

function parseEndpoint(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^\[?([^\]]+?)\]?:([0-9]{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined)
    throw new Error(`KUBEPLANT_INGEST_ENDPOINT="${text}" must be host:port, e.g. kubeplant-api.kubeplant.svc:8443`);
  return { host, port: Number(port) };
}
