import type { AddressInfo } from 'node:net';
import { followTlsFiles, type Logger, type ReadyPorts, type Stopper, startProbes, startTelemetry, type Telemetry } from '@kubeplant/kit';
import manifest from '../package.json' with { type: 'json' };
import type { ApiSettings } from './api-settings.ts';
import { buildApp } from './app.ts';
import { ensureFirstAdmin } from './auth/ensure-first-admin.ts';
import { loadSigningKeys, type SigningKeys } from './auth/signing-keys.ts';
import { createDatabaseCheck } from './database-check.ts';
import { startIngest } from './ingest/start-ingest.ts';
import { createLiveHub } from './live/hub.ts';
import { startModelServer } from './model/start-model-server.ts';
import { createSites, type OwnedSites } from './owner/create-sites.ts';
import { createIngestMetrics } from './owner/ingest-metrics.ts';
import type { LiveHub } from './ports.ts';
import { createStore, type Store } from './store/create-store.ts';
import { migrate } from './store/migrate.ts';

interface RunDeps {
  readonly settings: ApiSettings;
  readonly log: Logger;
  readonly stopper: Stopper;
}

/** Start everything in order; the stopper undoes it in the reverse order. Returns where it listens. */
export async function runApi(deps: RunDeps): Promise<ReadyPorts> {
  const { settings, log, stopper } = deps;
  const telemetry = startTelemetry({ service: 'kubeplant-api', version: manifest.version });
  stopper.onStop('telemetry', () => telemetry.shutdown());
  const keys = await loadSigningKeys(settings.signingKeyFile);
  await migrate(settings.databaseUrl, log);
  const store = await createStore({ databaseUrl: settings.databaseUrl, log });
  stopper.onStop('database', () => store.close());
  if (settings.roles.includes('jobs')) await (await import('./run-jobs.ts')).startJobsRole(deps, { store, meter: telemetry.meter });
  const hub = createLiveHub();
  const owned = await startSites(deps, { telemetry, store, hub });
  const check = createDatabaseCheck(store.pool);
  stopper.onStop('database check', () => check.stop());
  const parts = { telemetry, store, hub, keys, sites: owned.sites, checks: { database: check.problem } };
  const http = settings.roles.includes('http') ? { http: await startHttp(deps, parts) } : {};
  const probes = await startProbes({
    host: settings.probeHost,
    port: settings.probePort,
    checks: { database: check.problem },
    metricsText: () => telemetry.metricsText(),
  });
  stopper.onStop('probes', () => probes.close());
  return { ...http, ...owned.ports, probe: probes.port };
}

async function startSites(
  { settings, log, stopper }: RunDeps,
  { telemetry, store, hub }: { readonly telemetry: Telemetry; readonly store: Store; readonly hub: LiveHub },
): Promise<{ sites: OwnedSites; ports: { ingest: number; model: number } }> {
  const sites = createSites({
    store,
    hub,
    log,
    metrics: createIngestMetrics(telemetry.meter),
    nowUs: () => Date.now() * 1000,
    replica: settings.replica,
    endpoint: `${settings.ingestHost}:${settings.ingestPort}`,
  });
  await sites.start();
  const tls = followTlsFiles(settings, log);
  stopper.onStop('certificates', () => tls.close());
  const ingest = await startIngest({ host: settings.ingestHost, port: settings.ingestPort, tls, sites, log });
  stopper.onStop('ingest', () => ingest.close());
  stopper.onStop('sites', () => sites.stop());
  const model = await startModelServer({
    host: settings.modelHost,
    port: settings.modelPort,
    tls,
    store,
    sites,
    log,
  });
  stopper.onStop('model', () => model.close());
  return { sites, ports: { ingest: ingest.port, model: model.port } };
}

interface HttpParts {
  readonly telemetry: Telemetry;
  readonly store: Store;
  readonly hub: LiveHub;
  readonly keys: SigningKeys;
  readonly sites: OwnedSites;
  readonly checks: Readonly<Record<string, () => string | undefined>>;
}

async function startHttp({ settings, log, stopper }: RunDeps, parts: HttpParts): Promise<number> {
  const { telemetry, store, hub, keys, sites, checks } = parts;
  const { withScope, readings } = store;
  const now = Date.now;
  const first = await ensureFirstAdmin({ withScope, now }, settings.initialPasswordFile);
  if (first === 'created') log.info({ username: 'admin', passwordFile: settings.initialPasswordFile }, 'made the first administrator');
  const { cluster, cliToken, consoleDir, trustedProxies } = settings;
  const app = await buildApp({
    ...{ cluster, cliToken, consoleDir, trustedProxies, withScope, readings, sites, hub, keys, now, log, checks },
    version: manifest.version,
    meter: telemetry.meter,
  });
  await app.listen({ host: settings.httpHost, port: settings.httpPort });
  stopper.onStop('http', () => app.close());
  return (app.server.address() as AddressInfo).port; // A listening TCP server's address is never a string.
}
