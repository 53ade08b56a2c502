import { afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createKubeApi } from '../../../e2e/src/kubernetes/kube-api.ts';
import { device, site } from './testing/plant.ts';
import { condition, OURS, startTestOperator, type TestOperator } from './testing/test-operator.ts';

const kubeconfig = inject('kubeconfig');
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

let operator: TestOperator;
afterEach(() => operator?.close());

/** A class of the cluster; applied again it is another. */
async function applyClass(name: string, spec: object): Promise<void> {
  const admin = createKubeApi(kubeconfig);
  const path = `/apis/kubeplant.io/v1alpha1/collectorclasses/${name}?fieldManager=user&force=true`;
  await admin.must('PATCH', path, { apiVersion: OURS, kind: 'CollectorClass', metadata: { name }, spec }, 'application/apply-patch+yaml');
  admin.close();
}

async function onlyStatefulSet() {
  const found = await operator.list('statefulsets', 'apps/v1');
  expect(found).toHaveLength(1);
  expect(found[0].metadata.deletionTimestamp).toBeUndefined();
  return found[0];
}

/** The claims that are not on their way out. */
async function claims(): Promise<string[]> {
  const found = await operator.list('persistentvolumeclaims', '');
  return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
}

describe.skipIf(kubeconfig === '')('collectors with volumes', () => {
  beforeAll(async () => {
    await applyClass('volumes', {});
    await applyClass('warm', { highAvailability: { mode: 'Warm' }, onIsolation: 'StopPolling', drainTimeout: '2m' });
  });

  it('gives a running collector the volume its class asks for, and keeps its pod meanwhile', async () => {
    operator = await startTestOperator(kubeconfig, 'op-volume');
    await operator.apply(site());
    await operator.apply(device('pump', { collectorClassRef: { name: 'volumes' } }));
    let before: Awaited<ReturnType<typeof onlyStatefulSet>>;
    await until(async () => {
      before = await onlyStatefulSet();
      expect(await operator.list('pods', '')).toHaveLength(1);
    });
    await applyClass('volumes', { buffer: { size: '1Gi', storageClassName: 'fast' } });
    await until(async () => {
      const after = await onlyStatefulSet();
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
      expect(after.spec.volumeClaimTemplates).toMatchObject([
        { spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } },
      ]);
      expect(after.spec.template.spec.volumes.map(({ name }: { name: string }) => name)).not.toContain('buffer');
      expect(await claims()).toEqual([`buffer-${after.metadata.name}-0`]);
    });
    // Kubernetes cannot change a volume: the one there is stays, and the Device says so.
    const uid = (await onlyStatefulSet()).metadata.uid;
    await applyClass('volumes', { buffer: { size: '9Gi' } });
    await until(async () => {
      const pump = await operator.get('devices', 'pump');
      const ready = pump.status.conditions.find(({ type }: { type: string }) => type === 'Ready');
      expect(ready.message).toContain('stays as it was made (1Gi)');
    });
    expect((await onlyStatefulSet()).metadata.uid).toBe(uid);
  });

  it('keeps a collector that lost its last device until all it holds is committed, then its volume goes too', async () => {
    await applyClass('volumes', { buffer: { size: '1Gi' } });
    operator = await startTestOperator(kubeconfig, 'op-drain');
    await operator.apply(site());
    await operator.apply(device('pump', { collectorClassRef: { name: 'volumes' } }));
    await until(async () => expect(await claims()).toHaveLength(1));
    const { name } = (await onlyStatefulSet()).metadata;
    await operator.remove('devices', 'pump');
    await until(async () => {
      expect(condition(await operator.get('sites', 'north'), 'UndrainedBuffer')).toBe('True Draining');
      expect(operator.published[0]?.shards).toMatchObject([{ name, devices: [] }]);
    });
    await operator.restart();
    await until(async () =>
      expect(operator.published[0]?.shards).toMatchObject([{ name, devices: [], tokenHashes: [expect.any(String)] }]),
    );
    const slot = await operator.get('configmaps', `${name}-config-0`, '');
    const configRevision = slot.metadata.annotations['kubeplant.io/revision'];
    const say = (report: object) =>
      operator.news().health({
        namespace: 'op-drain',
        site: 'north',
        shards: [{ shard: name, connected: true, configRevision, heldBlocks: 0, collectors: 1, ...report }],
        devices: [],
      });
    say({ configRevision: 'the one before' });
    say({ heldBlocks: 7 });
    say({ connected: false });
    expect((await onlyStatefulSet()).metadata.name).toBe(name);
    say({});
    await until(async () => {
      expect(await operator.list('statefulsets', 'apps/v1')).toEqual([]);
      expect(await claims()).toEqual([]);
      expect(condition(await operator.get('sites', 'north'), 'UndrainedBuffer')).toBeUndefined();
    });
  });

  it('waits for both collectors of a Warm pair to say that nothing is held', async () => {
    await applyClass('pair', { buffer: { size: '1Gi' }, highAvailability: { mode: 'Warm' } });
    operator = await startTestOperator(kubeconfig, 'op-pair');
    await operator.apply(site());
    await operator.apply(device('pump', { collectorClassRef: { name: 'pair' } }));
    await until(async () => expect(await claims()).toHaveLength(2));
    const { name } = (await onlyStatefulSet()).metadata;
    await operator.remove('devices', 'pump');
    await until(async () => expect(operator.published[0]?.shards).toMatchObject([{ name, devices: [] }]));
    const slot = await operator.get('configmaps', `${name}-config-0`, '');
    const configRevision = slot.metadata.annotations['kubeplant.io/revision'];
    const say = (collectors: number) =>
      operator.news().health({
        ...{ namespace: 'op-pair', site: 'north', devices: [] },
        shards: [{ shard: name, connected: true, configRevision, heldBlocks: 0, collectors }],
      });
    say(1);
    await until(async () => expect(condition(await operator.get('sites', 'north'), 'UndrainedBuffer')).toBe('True Draining'));
    expect((await onlyStatefulSet()).metadata.name).toBe(name);
    say(2);
    await until(async () => expect(await operator.list('statefulsets', 'apps/v1')).toEqual([]));
  });

  it('runs two collectors of a class with a warm standby, apart, and tells them how to behave', async () => {
    operator = await startTestOperator(kubeconfig, 'op-warm');
    await operator.apply(site({ buffering: { maxAge: '24h', maxSize: '512Mi' } }));
    await operator.apply(device('pump', { collectorClassRef: { name: 'warm' } }));
    await until(async () => {
      const { spec } = await onlyStatefulSet();
      expect(spec).toMatchObject({ replicas: 2, podManagementPolicy: 'Parallel' });
      expect(spec.template.spec.terminationGracePeriodSeconds).toBe(135);
      expect(spec.template.spec.affinity.podAntiAffinity).toBeDefined();
      expect(await operator.list('pods', '')).toHaveLength(2);
    });
  });
});
