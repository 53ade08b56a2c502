import { decodeShardFiles } from '@kubeplant/crds/model-files';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { calculated, device, rule, site } from './testing/plant.ts';
import { condition, OURS, startTestOperator, type TestOperator } from './testing/test-operator.ts';

const kubeconfig = inject('kubeconfig');
const wait = { timeout: 20_000, interval: 50 };
const until = <T>(check: () => Promise<T> | T) => vi.waitFor(check, wait);

async function configOf(operator: TestOperator, shard: string) {
  const maps = (await operator.list('configmaps', '')).filter((map) => map.metadata.labels?.['kubeplant.io/shard'] === shard);
  const files = Object.assign({}, ...maps.map((map) => map.binaryData)) as Record<string, string>;
  const decoded = decodeShardFiles((name) => (files[name] === undefined ? undefined : Buffer.from(files[name], 'base64')));
  if (decoded.kind !== 'config') throw new Error(decoded.reason);
  return decoded.config;
}

const shards = async (operator: TestOperator): Promise<string[]> =>
  (await operator.list('statefulsets', 'apps/v1')).map((item) => item.metadata.name).sort();

describe.skipIf(kubeconfig === '')('the operator', () => {
  let operator: TestOperator;
  beforeAll(async () => {
    operator = await startTestOperator(kubeconfig, 'op-plant');
  });
  afterAll(() => operator?.close());

  it('turns a plant into a StatefulSet, configuration, credentials, NetworkPolicy and PodDisruptionBudget', async () => {
    await operator.apply(site());
    await operator.apply(device('pump'));
    await operator.apply(device('valve', {}, { host: '10.0.0.2' }));
    await operator.apply(calculated('totals', "tag('pump','level') * 2"));
    await operator.apply(rule('high'));
    const [shard = ''] = await until(async () => {
      const names = await shards(operator);
      expect(names).toEqual([expect.stringMatching(/^north-[0-9a-f]{6}-0$/)]);
      return names;
    });
    await until(async () => {
      const config = await configOf(operator, shard);
      expect(config.channels.flatMap(({ devices }) => devices.map(({ name }) => name))).toEqual(['pump', 'valve']);
      expect(config).toMatchObject({ tenant: 'test/op-plant', site: 'north', shard, collectorClass: 'default' });
    });
    const secret = await operator.get('secrets', `${shard}-credentials`, '');
    expect(Buffer.from(secret.data.token, 'base64').toString()).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(secret.data['ca.crt'], 'base64').toString()).toBe('CA of the test');
    await until(async () => {
      const policy = await operator.get('networkpolicies', shard, 'networking.k8s.io/v1');
      expect(policy.spec.egress).toContainEqual({
        ports: [{ port: 502, protocol: 'TCP' }],
        to: [{ ipBlock: { cidr: '10.0.0.1/32' } }, { ipBlock: { cidr: '10.0.0.2/32' } }],
      });
    });
    expect((await operator.get('poddisruptionbudgets', 'north-collectors', 'policy/v1')).spec.maxUnavailable).toBe(1);
    const pod = (await operator.get('statefulsets', shard, 'apps/v1')).spec.template.spec;
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    expect(pod.containers[0].securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('says honestly how each resource stands', async () => {
    await until(async () => {
      const pump = await operator.get('devices', 'pump');
      expect(condition(pump, 'Ready')).toBe('True Applied');
      expect(condition(pump, 'Connected')).toBe('Unknown NotReported');
      expect(condition(pump, 'CollectorAvailable')).toBe('False NotAvailable');
      expect(pump.status).toMatchObject({ observedGeneration: pump.metadata.generation, tags: 1 });
      expect(condition(await operator.get('devices', 'totals'), 'Ready')).toBe('True Applied');
      expect(condition(await operator.get('devices', 'totals'), 'Connected')).toBeUndefined();
      expect(condition(await operator.get('alarmrules', 'high'), 'Ready')).toBe('True Applied');
      expect((await operator.get('alarmrules', 'high')).status.watched).toBe(2);
      const north = await operator.get('sites', 'north');
      expect(condition(north, 'Ready')).toBe('False CollectorNotAvailable');
      expect(condition(north, 'Reconciling')).toBe('True CollectorNotAvailable');
      expect(condition(north, 'ModelPublished')).toBe('True Published');
      expect(condition(north, 'DevicesReady')).toBe('True AllReady');
    });
  });

  it('shows a device whose collector says it does not answer as not connected, and stays Ready', async () => {
    const report = {
      device: 'pump',
      shard: 'x',
      revision: 'r',
      connected: false,
      dataFlowing: false,
      reason: 'Timeout',
      message: 'no answer within 2s',
      tags: 1,
      badTags: 1,
      rejected: [{ tag: 'level', reason: 'IllegalDataAddress' }],
    };
    operator.news().health({ namespace: operator.namespace, site: 'north', shards: [], devices: [report] });
    await until(async () => {
      const pump = await operator.get('devices', 'pump');
      expect(condition(pump, 'Connected')).toBe('False Timeout');
      expect(condition(pump, 'Ready')).toBe('True Applied');
      expect(pump.status).toMatchObject({ badTags: 1, rejectedTags: [{ name: 'level', reason: 'IllegalDataAddress' }] });
    });
  });

  it('writes nothing when nothing changed', async () => {
    await until(async () => expect(condition(await operator.get('sites', 'north'), 'DevicesReady')).toBe('True AllReady'));
    await operator.restart();
    operator.writes.length = 0;
    await operator.apply({ ...site(), metadata: { name: 'north', annotations: { 'kubeplant.io/reconcile-at': 'now' } } } as never);
    await until(() => expect(operator.published.length).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 2000)); // nothing to wait for: it is about what does not happen
    expect(operator.writes).toEqual([]);
  });

  it('stalls on what only an edit can mend, and waits for what may still come', async () => {
    await operator.apply(device('lost', { profileRef: { name: 'later' } }, { host: '10.0.0.3' }));
    await operator.apply(device('broken', { tags: { level: {} } }, { host: '10.0.0.4' }));
    await until(async () => {
      const lost = await operator.get('devices', 'lost');
      expect([condition(lost, 'Ready'), condition(lost, 'Reconciling'), condition(lost, 'Stalled')]).toEqual([
        'False ProfileNotFound',
        'True ProfileNotFound',
        undefined,
      ]);
      const broken = await operator.get('devices', 'broken');
      expect([condition(broken, 'Ready'), condition(broken, 'Reconciling'), condition(broken, 'Stalled')]).toEqual([
        'False AddressMissing',
        undefined,
        'True AddressMissing',
      ]);
    });
    await operator.apply({
      apiVersion: OURS,
      kind: 'DeviceProfile',
      metadata: { name: 'later' },
      spec: { tags: { flow: { modbus: { address: 9 } } } },
    } as never);
    await until(async () => {
      const lost = await operator.get('devices', 'lost');
      expect([condition(lost, 'Ready'), condition(lost, 'Reconciling'), lost.status.tags]).toEqual(['True Applied', undefined, 2]);
      expect(condition(await operator.get('deviceprofiles', 'later'), 'Ready')).toBe('True Accepted');
    });
    await operator.remove('devices', 'broken');
  });

  it('records what went wrong as an Event', async () => {
    await until(async () => {
      const events = await operator.list('events', 'events.k8s.io/v1');
      expect(events).toContainEqual(
        expect.objectContaining({
          type: 'Warning',
          reason: 'ProfileNotFound',
          regarding: expect.objectContaining({ kind: 'Device', name: 'lost' }),
        }),
      );
    });
  });

  it('repairs what somebody else changes', async () => {
    const [shard = ''] = await shards(operator);
    await operator.admin.must(
      'PATCH',
      `/apis/apps/v1/namespaces/${operator.namespace}/statefulsets/${shard}`,
      { spec: { replicas: 3 } },
      'application/merge-patch+json',
    );
    await operator.admin.must(
      'PATCH',
      `/api/v1/namespaces/${operator.namespace}/configmaps/${shard}-config-0`,
      { binaryData: { 'manifest.json': 'e30=' } },
      'application/merge-patch+json',
    );
    await operator.remove('networkpolicies', shard, 'networking.k8s.io/v1');
    await until(async () => {
      expect((await operator.get('statefulsets', shard, 'apps/v1')).spec.replicas).toBe(1);
      expect((await configOf(operator, shard)).shard).toBe(shard);
      expect(await operator.get('networkpolicies', shard, 'networking.k8s.io/v1')).toBeDefined();
    });
  });

  it('touches only the configuration of the shard an edited device is in', async () => {
    const before = await Promise.all([operator.list('configmaps', ''), operator.list('statefulsets', 'apps/v1')]);
    await operator.apply(device('pump', { tags: { level: { modbus: { address: 77 } } } }));
    const [shard = ''] = await shards(operator);
    await until(async () => expect((await configOf(operator, shard)).channels[0]?.devices[0]?.tags[0]?.modbus?.address).toBe(77));
    await until(async () => {
      const pump = await operator.get('devices', 'pump');
      expect(pump.status.observedGeneration).toBe(pump.metadata.generation);
    });
    const after = await operator.list('statefulsets', 'apps/v1');
    expect(after.map((item) => item.metadata.generation)).toEqual(before[1].map((item) => item.metadata.generation));
  });

  it('keeps a suspended device as it was, also through a restart', async () => {
    await operator.apply(device('valve', { suspend: true, tags: { level: { modbus: { address: 99 } } } }, { host: '10.0.0.2' }));
    const address = async () => {
      const [shard = ''] = await shards(operator);
      return (await configOf(operator, shard)).channels.flatMap(({ devices }) => devices).find(({ name }) => name === 'valve')?.tags[0]
        ?.modbus?.address;
    };
    await until(async () => expect(condition(await operator.get('devices', 'valve'), 'Suspended')).toBe('True SuspendRequested'));
    await operator.restart();
    await operator.apply(device('pump', { tags: { level: { modbus: { address: 78 } } } }));
    await until(async () =>
      expect((await operator.get('devices', 'pump')).status.observedGeneration).toBe(
        (await operator.get('devices', 'pump')).metadata.generation,
      ),
    );
    expect(await address()).toBe(1);
    await operator.apply(device('valve', { tags: { level: { modbus: { address: 99 } } } }, { host: '10.0.0.2' }));
    await until(async () => expect(await address()).toBe(99));
    expect(condition(await operator.get('devices', 'valve'), 'Suspended')).toBeUndefined();
  });

  it('keeps a suspended rule as it was, also through a restart', async () => {
    const high = () => operator.published[0]?.rules.find(({ name }) => name === 'high');
    await operator.apply(rule('high', { suspend: true, priority: 'Critical' }));
    await until(async () => expect(condition(await operator.get('alarmrules', 'high'), 'Suspended')).toBe('True SuspendRequested'));
    await until(async () => expect(await operator.get('configmaps', 'north-frozen', '')).toBeDefined());
    await operator.restart();
    operator.published.length = 0;
    await operator.apply(device('pump', { tags: { level: { modbus: { address: 79 } } } }));
    await until(() => expect(high()?.priority).toBe('Medium'));
    await operator.apply(rule('high', { priority: 'Critical' }));
    await until(() => expect(high()?.priority).toBe('Critical'));
    await until(async () => expect(await operator.get('configmaps', 'north-frozen', '')).toBeUndefined());
  });

  it('leaves a suspended site alone, also through a restart', async () => {
    await operator.apply(site({ suspend: true }));
    await until(async () => {
      expect(condition(await operator.get('sites', 'north'), 'Suspended')).toBe('True SuspendRequested');
      expect(await operator.get('configmaps', 'north-frozen', '')).toBeDefined();
    });
    await operator.restart();
    operator.published.length = 0;
    const [shard = ''] = await shards(operator);
    const before = await configOf(operator, shard);
    await operator.apply(device('pump', { tags: { level: { modbus: { address: 5 } } } }));
    await until(async () => expect((await operator.get('devices', 'pump')).status.observedGeneration).toBeGreaterThan(0));
    await until(() =>
      expect(operator.published[0]?.devices.map(({ name }) => name)).toEqual(expect.arrayContaining(['pump', 'valve', 'totals'])),
    );
    expect(await configOf(operator, shard)).toEqual(before);
    await operator.apply(site({ suspend: false }));
    await until(async () => expect((await configOf(operator, shard)).channels[0]?.devices[0]?.tags[0]?.modbus?.address).toBe(5));
  });

  it('removes what a deleted site leaves behind', async () => {
    const [shard = ''] = await shards(operator);
    await operator.remove('sites', 'north');
    const patiently = { timeout: 50_000, interval: 100 }; // the garbage collector learns of new kinds every 30 s
    await vi.waitFor(async () => {
      expect(await shards(operator)).toEqual([]);
      expect(await operator.get('secrets', `${shard}-credentials`, '')).toBeUndefined();
      expect((await operator.list('configmaps', '')).filter((map) => map.metadata.labels?.['kubeplant.io/shard'])).toEqual([]);
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('False SiteNotFound');
    }, patiently);
  });

  it('makes everything anew for a site that is created again', async () => {
    await operator.apply(site());
    const [shard = ''] = await until(async () => {
      const names = await shards(operator);
      expect(names).toHaveLength(1);
      return names;
    });
    await until(async () => {
      expect(await operator.get('secrets', `${shard}-credentials`, '')).toBeDefined();
      expect((await configOf(operator, shard)).channels.length).toBeGreaterThan(0);
      expect(condition(await operator.get('devices', 'pump'), 'Ready')).toBe('True Applied');
    });
  });
});
