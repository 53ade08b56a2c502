import { setTimeout as sleep } from 'node:timers/promises';
import { startRig } from '../rig.ts';
import { settle, until } from '../settle.ts';
import type { Toxic } from '../tcp-proxy.ts';
import type { FaultCase } from '../types.ts';

const TOXICS: readonly Toxic[] = [
  { kind: 'latency', ms: 50, jitterMs: 100 },
  { kind: 'slice', bytes: 1 },
  { kind: 'limit', bytes: 3000 },
  { kind: 'stall' },
  { kind: 'down' },
];

/** Fault 7 on the field: an answer that never arrives is no reading, but none is double or wrong, and polling goes on by itself. */
export const faultCase: FaultCase = {
  name: 'field-toxics',
  description: 'latency, single bytes, cuts, stalls and refusals between collector and device',
  run: async ({ seed }) => {
    const rig = await startRig({ seed, samplingInterval: '50ms', timeout: '500ms' });
    const broken: string[] = [];
    try {
      for (const toxic of TOXICS) {
        rig.proxies.field.toxic = toxic;
        await sleep(4000);
        rig.proxies.field.toxic = { kind: 'none' };
        const served = rig.device.servedMs.length;
        if (!(await until(() => rig.device.servedMs.length > served + 20, 10_000))) broken.push(`no poll within 10 s after ${toxic.kind}`);
      }
      const found = await settle(rig, { allowed: { lost: Number.MAX_SAFE_INTEGER } });
      return { counts: found.counts, broken: [...broken, ...found.broken] };
    } finally {
      await rig.close();
    }
  },
};
