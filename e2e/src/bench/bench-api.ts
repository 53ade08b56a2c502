import { createAuthority, issueCertificate } from '@kubeplant/kit';
import { type ChildProcess, fork } from 'node:child_process';
import { startIngest } from '../../../api/server/src/ingest/start-ingest.ts';
import { createLiveHub } from '../../../api/server/src/live/hub.ts';
import { createSites } from '../../../api/server/src/owner/create-sites.ts';
import { device, highRule, model, packed, TOKEN, tag } from '../../../api/server/src/owner/plant.fixture.ts';
import type { BenchStore } from './bench-store.ts';
import type { BenchContext } from './types.ts';
import type { CollectorReport, CollectorSaid, CollectorTask } from './whole-path-collector.ts';

/** The owner of a site, in this process, and collectors that deliver to it, each in a process of its own. */
export interface BenchApi {
  /** Where collectors dial, as what. */
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
  deliver(task: Pick<CollectorTask, 'run' | 'blocks' | 'everyMs'>): Promise<CollectorReport>;
  stop(): Promise<void>;
}

/** Tags of the site: `tag-1`, `tag-2` … of the device `bench`, with a limit alarm each. */
export const tagNames = (tags: number): readonly string[] => Array.from({ length: tags }, (_one, index) => `tag-${index + 1}`);

/** Resolves when the site is owned. */
export async function startBenchApi(
  { store }: BenchStore,
  { tags, perBlock, step }: { readonly tags: number; readonly perBlock: number; readonly step: BenchContext['step'] },
): Promise<BenchApi> {
  step('waiting until the site is owned');
  const authority = await createAuthority({ commonName: 'bench', days: 1 });
  const tls = await issueCertificate({
    authority,
    commonName: 'api',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    uris: [],
    days: 1,
    server: true,
  });
  const log = {
    info: () => {},
    warn: () => {},
    error: (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  };
  const metrics = { committed: () => {}, quarantined: () => {}, failed: () => {} };
  const sites = createSites({ store, hub: createLiveHub(), log, metrics, nowUs: () => Date.now() * 1000, replica: 'bench', endpoint: '' });
  const names = tagNames(tags);
  const devices = [
    device(
      'bench',
      names.map((name) => tag(name)),
    ),
  ];
  await sites.applyModel(packed(model(devices, { rules: names.map((name) => highRule('bench', name)) })));
  while (!sites.recording('local/default', 'north')) await new Promise((resolve) => setTimeout(resolve, 10));
  const ingest = await startIngest({ host: '127.0.0.1', port: 0, tls, sites, log });
  const { port } = ingest;
  return {
    port,
    caPem: authority.certPem,
    token: TOKEN,
    deliver: (task) => {
      const child = fork(new URL('./whole-path-collector.ts', import.meta.url));
      child.send({ ...task, port, caPem: authority.certPem, token: TOKEN, rowsPerBlock: perBlock, tags } satisfies CollectorTask);
      return reportOf(child, step);
    },
    stop: async () => {
      await sites.stop();
      await ingest.close(0);
    },
  };
}

/** What the collector of the bench found; how far it is until then is a step each second. */
function reportOf(child: ChildProcess, step: BenchContext['step']): Promise<CollectorReport> {
  return new Promise((resolve, reject) => {
    child.on('message', (said: CollectorSaid) => {
      if (said.kind === 'report') resolve(said.report);
      else step(`waiting for commits of run ${said.run}: ${said.sent} blocks sent, ${said.received} received, ${said.committed} committed`);
    });
    child.once('exit', (code) => reject(new Error(`the collector of the bench ended with ${code}`))); // ignored after its report
  });
}

/** The value below which this share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
