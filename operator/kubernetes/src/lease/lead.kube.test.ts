import { createLogger } from '@kubeplant/kit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { kubeconfigAccess } from '../api/cluster-access.ts';
import { apiVersionOf, pathOf } from '../api/kube-object.ts';
import { LEASE } from '../api/resource-types.ts';
import { createTransport, type Transport } from '../api/transport.ts';
import { type ElectionDeps, lead } from './lead.ts';

const kubeconfig = inject('kubeconfig');
const namespace = 'default';
const NEVER_MS = 600_000;

describe.skipIf(kubeconfig === '')('lead', () => {
  let transport: Transport;
  beforeAll(async () => {
    transport = createTransport({ access: await kubeconfigAccess(kubeconfig), userAgent: 'test' });
  });
  afterAll(() => transport?.close());

  const deps = (name: string, identity: string, times: Pick<ElectionDeps, 'leaseMs' | 'retryMs'>): ElectionDeps => ({
    ...{ transport, namespace, name, identity, ...times },
    log: createLogger({ name: 'test', level: 'silent' }),
    now: () => new Date(),
  });

  it('takes the Lease of a holder that has gone when it runs out, however long it is until its next look', async () => {
    await transport.request('POST', pathOf(LEASE, { namespace }), {
      body: {
        ...{ apiVersion: apiVersionOf(LEASE), kind: 'Lease', metadata: { name: 'left-behind' } },
        spec: { holderIdentity: 'gone', leaseDurationSeconds: 1, leaseTransitions: 4 },
      },
    });
    const leadership = await lead(deps('left-behind', 'next', { retryMs: NEVER_MS }), AbortSignal.timeout(20_000));
    expect(leadership.transitions).toBe(5);
    await leadership.release();
  });

  it('waits as long as the holder renews, and leads once it is released', async () => {
    const times = { leaseMs: 1000, retryMs: 200 };
    const first = await lead(deps('held', 'first', times), AbortSignal.timeout(20_000));
    const waiting = lead(deps('held', 'second', times), AbortSignal.timeout(20_000));
    const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 2500, 'none'))]); // it is about what does not happen
    expect(early).toBe('none');
    await first.release();
    const second = await waiting;
    expect(second.transitions).toBe(first.transitions + 1);
    expect(first.lost.aborted).toBe(false);
    await second.release();
  });
});
