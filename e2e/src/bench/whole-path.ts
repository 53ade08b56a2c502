import { createAuthority, issueCertificate } from '@kubeplant/kit';
import { type ChildProcess, fork } from 'node:child_process';
import { startIngest } from '../../../api/server/src/ingest/start-ingest.ts';
import { createLiveHub } from '../../../api/server/src/live/hub.ts';
import { createSites } from '../../../api/server/src/owner/create-sites.ts';
import { device, highRule, model, packed, TOKEN, tag } from '../../../api/server/src/owner/plant.fixture.ts';
import { type BenchStore, copyOurWay, openBenchStore, ROWS } from './bench-store.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';
import type { CollectorReport, CollectorSaid, CollectorTask } from './whole-path-collector.ts';

const ROUNDS = 5;
const TAGS = 1_000;
const PER_BLOCK = 1_000;
/** The fixed load: 50,000 readings a second for four seconds. */
const PACED_BLOCKS = 200;
const PACED_EVERY_MS = 20;

/** Collector process → TLS → owner with alarms → commit → acknowledgement, against the store alone. */
export const bench: Bench = {
  name: 'whole-path',
  description: `${ROWS.toLocaleString('en-US')} readings of ${TAGS} tags with a limit each, acknowledged after commit; ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<BenchResult> {
  step('starting PostgreSQL');
  const store = await openBenchStore();
  defer(() => store.close());
  const api = await startApi(store, step);
  defer(() => api.stop());
  const ours: number[] = [];
  const peer: number[] = [];
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`the store alone, round ${round}`);
    await store.reset();
    const alone = await copyOurWay(store.store);
    await store.reset();
    const { elapsedMs } = await api.deliver({ run: `fast-${round}`, blocks: ROWS / PER_BLOCK, everyMs: 0 });
    if (round > 0) [ours[round - 1], peer[round - 1]] = [ROWS / (elapsedMs / 1000), alone];
  }
  await store.reset();
  const paced = await api.deliver({ run: 'paced', blocks: PACED_BLOCKS, everyMs: PACED_EVERY_MS });
  const acks = paced.ackMs.toSorted((a, b) => a - b);
  const at = (share: number): string => (acks[Math.floor((acks.length - 1) * share)] ?? 0).toFixed(0);
  const notes = [`acknowledgement at 50,000 readings/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (goal 100 ms)`];
  return {
    name: 'whole-path',
    goal: 0.7,
    gate: 0.63,
    ratio: median(ours) / median(peer),
    unit: 'readings/s',
    higherIsBetter: true,
    ours,
    peer,
    notes,
  };
}

async function startApi({ store }: BenchStore, step: BenchContext['step']) {
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
  const names = Array.from({ length: TAGS }, (_one, index) => `tag-${index + 1}`);
  const plant = model(
    [
      device(
        'bench',
        names.map((name) => tag(name)),
      ),
    ],
    { rules: names.map((name) => highRule('bench', name)) },
  );
  await sites.applyModel(packed(plant));
  while (!sites.recording('local/default', 'north')) await new Promise((resolve) => setTimeout(resolve, 10));
  const ingest = await startIngest({ host: '127.0.0.1', port: 0, tls, sites, log });
  return {
    deliver: async (task: Pick<CollectorTask, 'run' | 'blocks' | 'everyMs'>): Promise<CollectorReport> => {
      const child = fork(new URL('./whole-path-collector.ts', import.meta.url));
      child.send({
        ...task,
        port: ingest.port,
        caPem: authority.certPem,
        token: TOKEN,
        rowsPerBlock: PER_BLOCK,
        tags: TAGS,
      } satisfies CollectorTask);
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
