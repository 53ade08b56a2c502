import { createAuthority, type GrpcServer, issueCertificate } from '@kubeplant/kit';
import { createTestDatabase, type Engine, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { startIngest } from '../ingest/start-ingest.ts';
import { createLiveHub } from '../live/hub.ts';
import type { LiveHub } from '../ports.ts';
import { createStore, type Store } from '../store/create-store.ts';
import { createSites, type OwnedSites } from './create-sites.ts';
import type { IngestMetrics } from './ingest-metrics.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const metrics = { quarantined: () => {}, failed: () => {} };

/** Certificates of the tests: one authority for the api and the operator. */
const authority = await createAuthority({ commonName: 'test', days: 1 });
export const caPem = authority.certPem;
export const serverTls = await issueCertificate({
  authority,
  commonName: 'api',
  dnsNames: ['localhost'],
  ipAddresses: ['127.0.0.1'],
  uris: [],
  days: 1,
  server: true,
});
export const clientTls = (uris: string[]) =>
  issueCertificate({ authority, commonName: 'client', dnsNames: [], ipAddresses: [], uris, days: 1, client: true });

/** Store, owners and ingest as one process has them. */
export interface TestApi {
  readonly store: Store;
  readonly sites: OwnedSites;
  readonly hub: LiveHub;
  readonly ingest: GrpcServer;
  /** As when the process is stopped in order. */
  stop(): Promise<void>;
  /** As after `kill -9`: nothing is said to the database. */
  abandon(): Promise<void>;
}

export async function startTestApi(
  databaseUrl: string,
  options: {
    readonly replica?: string;
    readonly nowUs?: () => number;
    readonly graceMs?: number;
    readonly onCommitted?: (commit: Parameters<IngestMetrics['committed']>[1]) => void;
  } = {},
): Promise<TestApi> {
  const store = await createStore({ databaseUrl, log: silent });
  const hub = createLiveHub();
  const nowUs = options.nowUs ?? (() => Date.now() * 1000);
  const sites = createSites({
    store,
    hub,
    log: silent,
    metrics: { ...metrics, committed: (_site, commit) => options.onCommitted?.(commit) },
    nowUs,
    graceMs: options.graceMs,
    replica: options.replica ?? 'api-0',
    endpoint: 'api-0:8443',
  });
  await sites.start();
  const ingest = await startIngest({ host: '127.0.0.1', port: 0, tls: serverTls, sites, log: silent });
  return {
    store,
    sites,
    hub,
    ingest,
    stop: async () => {
      await sites.stop();
      await ingest.close(0);
      await store.close();
    },
    abandon: async () => {
      await ingest.close(0);
      await store.close();
      await sites.stop();
    },
  };
}

/** Resolves when a condition holds; rejects after ten seconds, or when it is told to wait longer, naming it. */
export async function eventually<T>(what: string, read: () => Promise<T | undefined> | T | undefined, limitMs = 10_000): Promise<T> {
  const deadlineMs = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A database and an api on it, with the site owned. */
export async function startTestPlant(engine: Engine): Promise<{ database: TestDatabase; api: TestApi }> {
  const database = await createTestDatabase(engine);
  return { database, api: await startTestApi(database.url) };
}
