import { randomBytes } from 'node:crypto';
import type { ChannelConfig, ShardConfig, SimulatorConfig } from '@kubeplant/crds/model';
import type { KubeObject } from '../api/kube-object.ts';
import type { PlannedShard } from '@kubeplant/plan';
import { describe, expect, it } from 'vitest';
import { buildConfigMaps, SLOTS } from './build-config-maps.ts';
import { buildNetworkPolicy, devicesOpenByPort } from './build-network-policy.ts';
import { buildSimulator } from './build-simulator.ts';
import { claimsOf, keepBuffer, mustRecreate } from './buffer-volume.ts';
import { buildStatefulSet } from './build-stateful-set.ts';
import { egressFor } from './egress.ts';

const settings = { image: 'default:1', ingestEndpoint: 'api:8443', logLevel: 'info' };
const channel = (host: string, port = 502): ChannelConfig => ({
  key: host,
  protocol: 'ModbusTcp',
  endpoint: { host, port },
  modbusTcp: {} as ChannelConfig['modbusTcp'],
  simulated: false,
  devices: [{ name: `at-${host}` } as never],
});
const shard = (channels: readonly ChannelConfig[] = [], filler = ''): PlannedShard => ({
  name: 'north-abc123-0',
  namespace: 'plant',
  site: 'north',
  collectorClass: 'default',
  config: {
    formatVersion: 2,
    tenant: 'c/plant',
    namespace: 'plant',
    site: 'north',
    shard: 'north-abc123-0',
    collectorClass: 'default',
    protocol: 'ModbusTcp',
    buffering: { maxAge: '72h', maxSizeBytes: 2 ** 31, syncInterval: '1s' },
    highAvailability: 'Off',
    onIsolation: 'KeepPolling',
    drainTimeout: '5s',
    revision: `r${filler.length}`,
    channels,
    filler,
  } as ShardConfig,
});
const context = { findService: () => undefined, networks: [], ingest: { host: '10.9.9.9', port: 8443 } };

describe('buildStatefulSet', () => {
  it('has nothing of the configuration in its pod: an edit restarts nothing', () => {
    expect(buildStatefulSet(shard([channel('10.0.0.1')]), undefined, settings)).toEqual(buildStatefulSet(shard(), undefined, settings));
  });

  it('takes from its class what is declared, and keeps our labels ours', () => {
    const spec = {
      image: 'own:2',
      nodeSelector: { zone: 'a' },
      tolerations: [{ operator: 'Exists' as const }],
      podLabels: { team: 'x', 'kubeplant.io/site': 'evil' },
      podAnnotations: { note: 'y' },
      imagePullSecrets: [{ name: 'pull' }],
      resources: { limits: { memory: '1Gi' } },
    };
    const { template } = buildStatefulSet(shard(), spec, settings).spec;
    expect(template.metadata).toMatchObject({ labels: { team: 'x', 'kubeplant.io/site': 'north' }, annotations: { note: 'y' } });
    expect(template.spec).toMatchObject({
      nodeSelector: { zone: 'a' },
      tolerations: [{ operator: 'Exists' }],
      imagePullSecrets: [{ name: 'pull' }],
      containers: [{ image: 'own:2', resources: { limits: { memory: '1Gi' } } }],
    });
  });
});

describe('volumes', () => {
  const made = (spec: object) =>
    ({ ...buildStatefulSet(shard(), spec, settings), metadata: { name: 'north-abc123-0', namespace: 'plant' } }) as KubeObject;

  it('makes a StatefulSet anew only where it gets a volume, and never where it would lose one', () => {
    expect(mustRecreate(made({}), made({ buffer: { size: '1Gi' } }))).toBe(true);
    expect(mustRecreate(made({ buffer: { size: '1Gi' } }), made({ buffer: { size: '1Gi' } }))).toBe(false);
    expect(mustRecreate(undefined, made({ buffer: { size: '1Gi' } }))).toBe(false);
    expect(keepBuffer({}, made({ buffer: { size: '1Gi', storageClassName: 'fast' } }))).toEqual({
      buffer: { size: '1Gi', storageClassName: 'fast' },
    });
  });

  it('knows the claims of both collectors', () => {
    expect(claimsOf(made({}))).toEqual([]);
    expect(claimsOf(made({ buffer: { size: '1Gi' } }))).toEqual(['buffer-north-abc123-0-0', 'buffer-north-abc123-0-1']);
  });
});

describe('buildConfigMaps', () => {
  it('writes the manifest last: a collector loads when all parts are there', () => {
    const random = Array.from({ length: 400_000 }, (_, index) => Math.imul(index + 1, 2_654_435_761) >>> 0).join('');
    const built = buildConfigMaps(shard([], random));
    if (built.kind !== 'maps') throw new Error(built.kind);
    expect(built.maps.length).toBeGreaterThan(1);
    expect(Object.keys(built.maps.at(-1)?.binaryData ?? {})).toEqual(['manifest.json', 'part-0.json.gz']);
    for (const map of built.maps) expect(Buffer.from(Object.values(map.binaryData).join(''), 'base64').length).toBeLessThan(1_000_000);
  });

  it('says when a configuration is more than all slots hold', () => {
    expect(buildConfigMaps(shard([], randomBytes(SLOTS * 900_000).toString('base64')))).toMatchObject({ kind: 'too-large' });
  });
});

describe('egressFor', () => {
  const service = { selector: { app: 'plc' }, ports: [{ port: 502, targetPort: 'modbus' }] };
  const options = {
    findService: (namespace: string, name: string) => (namespace === 'ot' && name === 'plc' ? service : undefined),
    networks: [],
  };
  it.each([
    ['an IPv4 address', '10.0.0.1', { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ port: 502, protocol: 'TCP' }] }],
    ['an IPv6 address', 'fd00::1', { to: [{ ipBlock: { cidr: 'fd00::1/128' } }], ports: [{ port: 502, protocol: 'TCP' }] }],
    [
      'a Service',
      'plc.ot.svc.cluster.local',
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ot' } }, podSelector: { matchLabels: { app: 'plc' } } }],
        ports: [{ port: 'modbus', protocol: 'TCP' }],
      },
    ],
    ['a name of unknown address', 'plc.example', { ports: [{ port: 502, protocol: 'TCP' }] }],
  ])('opens %s', (_title, host, rule) => {
    expect(egressFor({ host, port: 502 }, options).rule).toEqual(rule);
  });

  it('opens the networks of the class for a name', () => {
    expect(egressFor({ host: 'plc', port: 502 }, { ...options, networks: ['10.0.0.0/8'] }).rule).toMatchObject({
      to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    });
  });
});

describe('buildNetworkPolicy', () => {
  it('has one rule for each port, in a fixed order, whatever the order of the devices', () => {
    const hosts = ['10.0.0.2', '10.0.0.1', 'plc.example', 'fd00::1'].map((host, index) => channel(host, index === 2 ? 503 : 502));
    const forward = buildNetworkPolicy(shard(hosts), context);
    expect(buildNetworkPolicy(shard(hosts.toReversed()), context)).toEqual(forward);
    expect(forward.spec.egress.map(({ ports, to }) => [ports[0]?.port, to?.length])).toEqual([
      [502, 3],
      [503, undefined],
      [53, undefined],
      [8443, 1],
    ]);
  });

  it('names the devices whose port is open to every address', () => {
    expect(devicesOpenByPort(shard([channel('10.0.0.1'), channel('plc.example')]), context)).toEqual([
      { device: 'at-plc.example', host: 'plc.example', port: 502 },
    ]);
  });
});

describe('buildSimulator', () => {
  const config = {
    formatVersion: 2,
    tenant: 'c/plant',
    namespace: 'plant',
    site: 'north',
    simulation: `${'long-'.repeat(12)}xyz`,
    revision: 'r',
    interval: '1s',
    listeners: [{ channel: 'k', framing: 'Tcp', port: 20_001, devices: [] }],
  } as SimulatorConfig;
  it('is a Service whose name fits, whatever the Simulation is called', () => {
    const built = buildSimulator(config, { image: 'simulator:1', logLevel: 'info' });
    if (built.kind !== 'objects') throw new Error(built.kind);
    expect(built.objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service', 'NetworkPolicy', 'Deployment']);
    expect((built.objects[1].metadata as { name: string }).name.length).toBeLessThanOrEqual(63);
  });
});
