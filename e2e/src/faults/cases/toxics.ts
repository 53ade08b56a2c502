import { setTimeout as sleep } from 'node:timers/promises';
import { type Rig, startRig } from '../rig.ts';
import { rssMb } from '../process-use.ts';
import { settle } from '../settle.ts';
import type { Toxic } from '../tcp-proxy.ts';
import type { CaseResult, FaultCase } from '../types.ts';

const LASTS_MS = 4000;
const TOXICS: readonly Toxic[] = [
  { kind: 'latency', ms: 100, jitterMs: 200 },
  { kind: 'bandwidth', bytesPerSecond: 1024 },
  { kind: 'slice', bytes: 3 },
  { kind: 'limit', bytes: 5000 },
  { kind: 'stall' },
  { kind: 'down' },
];

/** Fault 7: each toxic on each link, one after another. Readings that the device served and nobody received do not count. */
export const faultCase: FaultCase = {
  name: 'toxics',
  description: `latency, 1 kB/s, slices, cuts, stalls and refusals on the links to api and database, ${LASTS_MS / 1000} s each`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: '50ms' });
    try {
      await sleep(2000);
      const before = memory(rig);
      for (const link of ['ingest', 'database'] as const) {
        for (const toxic of TOXICS) {
          log(`${toxic.kind} on ${link}`);
          rig.proxies[link].toxic = toxic;
          await sleep(LASTS_MS);
          rig.proxies[link].toxic = { kind: 'none' };
          await sleep(1000);
        }
      }
      const { counts, broken, resumedMs } = await settle(rig);
      return withMemory({ counts, figures: { 'settled ms': resumedMs }, broken }, before, memory(rig));
    } finally {
      await rig.close();
    }
  },
};

const memory = (rig: Rig) => ({ api: rssMb(rig.api.pid), collector: rssMb(rig.collector.pid) });
/** Memory may grow by half, and by what a warm process needs anyway. */
const MARGIN_MB = 40;

function withMemory(result: CaseResult, before: ReturnType<typeof memory>, after: ReturnType<typeof memory>): CaseResult {
  const grown = (['api', 'collector'] as const).filter((name) => after[name] > before[name] * 1.5 + MARGIN_MB);
  return {
    ...result,
    figures: { ...result.figures, 'api MB': `${before.api} → ${after.api}`, 'collector MB': `${before.collector} → ${after.collector}` },
    broken: [...result.broken, ...grown.map((name) => `${name} grew from ${before[name]} to ${after[name]} MB`)],
  };
}
