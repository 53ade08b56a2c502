import { decodeShardFiles } from '@kubeplant/crds/model-files';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { device, rule, site } from './testing/plant.ts';
import { condition, OURS, startTestOperator, type TestOperator } from './testing/test-operator.ts';

const kubeconfig = inject('kubeconfig');
const until = <T>(check: () => Promise<T> | T) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

/** Endpoints each shard dials. */
async function dialled(operator: TestOperator): Promise<Record<string, string[]>> {
  const maps = (await operator.list('configmaps', '')).filter((map) => map.binaryData?.['manifest.json']);
  return Object.fromEntries(
    maps.map((map) => {
      const decoded = decodeShardFiles((name) =>
        map.binaryData[name] === undefined ? undefined : Buffer.from(map.binaryData[name], 'base64'),
      );
      if (decoded.kind !== 'config') throw new Error(decoded.reason);
      return [map.metadata.labels['kubeplant.io/collector-class'], decoded.config.channels.map(({ endpoint }) => endpoint.host)];
    }),
  );
}

describe.skipIf(kubeconfig === '')('the operator', () => {
  let operator: TestOperator;
  afterEach(() => operator?.close());

  it('leaves an object alone that belongs to somebody else, and goes on with the rest', async () => {
    operator = await startTestOperator(kubeconfig, 'op-foreign');
    const name = 'north-61d9b5-0';
    await operator.admin.must('POST', `/api/v1/namespaces/op-foreign/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-config-0` },
      data: { mine: 'yes' },
    });
    await operator.apply(site());
    await operator.apply(device('pump'));
    await until(async () => {
      const north = await operator.get('sites', 'north');
      expect([condition(north, 'Ready'), condition(north, 'Stalled')]).toEqual(['False ForeignObject', 'True ForeignObject']);
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('False ForeignObject');
    });
    expect((await operator.get('configmaps', `${name}-config-0`, '')).data).toEqual({ mine: 'yes' });
    await operator.remove('configmaps', `${name}-config-0`, '');
    await operator.apply({ ...site(), metadata: { name: 'north', labels: { again: 'yes' } } } as never);
    await until(async () => expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('True Applied'));
  });

  it('runs without an api and says so', async () => {
    operator = await startTestOperator(kubeconfig, 'op-no-api', { api: false });
    await operator.apply(site());
    await operator.apply(device('pump'));
    await operator.apply(rule('high'));
    await until(async () => {
      expect(condition(await operator.get('sites', 'north'), 'ModelPublished')).toBe('False NoApi');
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('True Applied');
      expect(condition(await operator.get('alarmrules', 'high'), 'Ready')).toBe('False ModelNotPublished');
    });
  });

  it('dials a simulator only when it is up, and never the real device meanwhile', async () => {
    operator = await startTestOperator(kubeconfig, 'op-simulated');
    await operator.apply(site({ simulation: 'Allowed' }));
    await operator.apply(device('pump'));
    await operator.apply(device('real', {}, { host: '10.0.0.2' }));
    await operator.apply({
      apiVersion: OURS,
      kind: 'Simulation',
      metadata: { name: 'dry-run' },
      spec: { siteRef: { name: 'north' }, devices: [{ deviceRef: { name: 'pump' }, signals: [{ tag: 'level', constant: 5 }] }] },
    } as never);
    const [deployment] = await until(async () => {
      const found = await operator.list('deployments', 'apps/v1');
      expect(found).toHaveLength(1);
      return found;
    });
    const name = deployment.metadata.name as string;
    await until(async () => {
      expect(await dialled(operator)).toEqual({ default: ['10.0.0.2'] });
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('False SimulatorNotReady');
      expect(condition(await operator.get('simulations', 'dry-run'), 'Ready')).toBe('False SimulatorNotReady');
    });
    const service = await operator.get('services', name, '');
    const config = JSON.parse((await operator.get('configmaps', name, '')).data['config.json']);
    expect(service.spec.ports.map(({ port }: { port: number }) => port)).toEqual([config.listeners[0].port]);
    const [pod] = await until(async () => {
      const pods = await operator.list('pods', '');
      const simulators = pods.filter((item) => item.metadata.labels['app.kubernetes.io/name'] === 'simulator');
      expect(simulators).toHaveLength(1);
      return simulators;
    });
    // There is no kubelet: say what it would.
    const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    await operator.admin.must(
      'PATCH',
      `/api/v1/namespaces/op-simulated/pods/${pod.metadata.name}/status`,
      ready,
      'application/merge-patch+json',
    );
    await until(async () => {
      expect(await dialled(operator)).toEqual({ default: [`${name}.op-simulated.svc`, '10.0.0.2'] });
      expect(condition(await operator.get('devices', 'pump'), 'Simulated')).toBe('True SimulationInForce');
    });
    await operator.remove('simulations', 'dry-run');
    await until(async () => {
      expect(await dialled(operator)).toEqual({ default: ['10.0.0.1', '10.0.0.2'] });
      expect(await operator.list('deployments', 'apps/v1')).toEqual([]);
      expect(condition(await operator.get('devices', 'pump'), 'Simulated')).toBeUndefined();
    });
  });

  it('moves a device to another class only when its old collector has confirmed that it let go', async () => {
    operator = await startTestOperator(kubeconfig, 'op-move');
    await operator.admin.must(
      'PATCH',
      '/apis/kubeplant.io/v1alpha1/collectorclasses/op-move-edge?fieldManager=user',
      { apiVersion: OURS, kind: 'CollectorClass', metadata: { name: 'op-move-edge' }, spec: {} },
      'application/apply-patch+yaml',
    );
    await operator.apply(site());
    await operator.apply(device('stays', {}, { host: '10.0.0.9' }));
    await operator.apply(device('pump'));
    await until(async () => expect(await dialled(operator)).toEqual({ default: ['10.0.0.1', '10.0.0.9'] }));
    const [old] = await until(async () => {
      const found = await operator.list('statefulsets', 'apps/v1');
      expect(found).toHaveLength(1);
      return found;
    });
    await operator.apply(device('pump', { collectorClassRef: { name: 'op-move-edge' } }));
    await until(async () => {
      expect(await dialled(operator)).toEqual({ default: ['10.0.0.9'], 'op-move-edge': [] });
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('False ChannelMoving');
    });
    const map = await operator.get('configmaps', `${old.metadata.name}-config-0`, '');
    operator.news().health({
      namespace: 'op-move',
      site: 'north',
      devices: [],
      shards: [
        { shard: old.metadata.name, connected: true, configRevision: map.metadata.annotations['kubeplant.io/revision'], collectors: 1 },
      ],
    });
    await until(async () => {
      expect(await dialled(operator)).toEqual({ default: ['10.0.0.9'], 'op-move-edge': ['10.0.0.1'] });
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('True Applied');
    });
  });
});
