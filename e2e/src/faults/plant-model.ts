import type { AlarmRule, Device, Site } from '@kubeplant/crds';
import type { ShardConfig, SiteModel } from '@kubeplant/crds/model';
import { shardToken, tokenHash } from '@kubeplant/kit';
import { plan } from '@kubeplant/plan';
import { TAGS } from './counting-device.ts';

const API = 'kubeplant.io/v1alpha1' as const;

/** What differs between the plants of the cases. */
export interface PlantSettings {
  readonly samplingInterval: string;
  readonly buffering?: Site['spec']['buffering'];
  readonly timeout?: string;
  /** At most 62: what one request can read. */
  readonly tags?: number;
  /** Counting devices, 1 unless said: `counter`, `counter-2`, … are units 1, 2, … of one address. */
  readonly devices?: number;
  /** Each of them has an address of its own; the first is behind the proxy of the field. */
  readonly ownAddresses?: boolean;
  /** As on Kubernetes, where a shard may have two collectors of which one waits; Off unless said. */
  readonly highAvailability?: ShardConfig['highAvailability'];
}

/** Most requests a connection takes at a time. */
const MOST_IN_FLIGHT = 16;

/** A site with counting devices, and a rule whose alarm comes and goes with the count of the first. */
export function planPlant(
  field: { readonly host: string; readonly ports: readonly number[] },
  rootKey: string,
  settings: PlantSettings,
): { readonly model: SiteModel; readonly config: ShardConfig; readonly shard: string; readonly token: string } {
  const metadata = (name: string) => ({ name, namespace: 'faults', uid: `uid-${name}` });
  const site: Site = {
    apiVersion: API,
    kind: 'Site',
    metadata: metadata('bench'),
    spec: { timezone: 'UTC', dayStart: '00:00', simulation: 'Forbidden', ...(settings.buffering && { buffering: settings.buffering }) },
  };
  const tag = (index: number) => ({ modbus: { register: 'Holding' as const, address: index * 2, rawType: 'UInt32' as const } });
  const devices = settings.devices ?? 1;
  const counter = (unitId: number): Device => ({
    apiVersion: API,
    kind: 'Device',
    metadata: metadata(unitId === 1 ? 'counter' : `counter-${unitId}`),
    spec: {
      siteRef: { name: 'bench' },
      mode: 'Active',
      connection: {
        protocol: 'ModbusTcp',
        modbusTcp: {
          host: field.host,
          port: field.ports[(unitId - 1) % field.ports.length] ?? 0,
          unitId,
          framing: 'Tcp',
          timeout: settings.timeout ?? '1s',
          retries: 0,
          maxInFlight: Math.min(devices, MOST_IN_FLIGHT),
        },
      },
      defaults: { samplingInterval: settings.samplingInterval },
      tags: Object.fromEntries(Array.from({ length: settings.tags ?? TAGS }, (_, index) => [`count-${index}`, tag(index)])),
    },
  });
  const counters = Array.from({ length: devices }, (_, index) => counter(index + 1));
  const totals: Device = {
    apiVersion: API,
    kind: 'Device',
    metadata: metadata('totals'),
    spec: {
      siteRef: { name: 'bench' },
      mode: 'Active',
      connection: { protocol: 'Calculated' },
      tags: { phase: { expression: "tag('counter', 'count-0') % 16.0" } },
    },
  };
  const rule: AlarmRule = {
    apiVersion: API,
    kind: 'AlarmRule',
    metadata: metadata('phase-high'),
    spec: {
      siteRef: { name: 'bench' },
      deviceRef: { name: 'totals' },
      tag: 'phase',
      condition: { type: 'Limit', limit: { mode: 'Exclusive', high: { value: 8 } } },
      priority: 'Medium',
      onDelay: '0s',
      offDelay: '0s',
      onBadQuality: 'Hold',
      acknowledge: 'NotRequired',
    },
  };
  const result = plan({
    resources: { sites: [site], devices: [...counters, totals], profiles: [], rules: [rule], classes: [], simulations: [] },
    assignment: {},
    simulators: {},
    host: {
      kind: 'local',
      cluster: 'local',
      simulate: false,
      tokenHashes: (tenant, name, shard) => [tokenHash(shardToken(rootKey, tenant, name, shard))],
    },
  });
  const [model] = result.siteModels;
  const [shard] = result.shards;
  if (model === undefined || shard === undefined || result.findings.length > 0)
    throw new Error(`the plant of the fault harness does not plan: ${JSON.stringify(result.findings)}`);
  const config = { ...shard.config, highAvailability: settings.highAvailability ?? 'Off' };
  return { model, config, shard: shard.name, token: shardToken(rootKey, shard.config.tenant, shard.site, shard.name) };
}
