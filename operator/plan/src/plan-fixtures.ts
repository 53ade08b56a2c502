import type { AlarmRule, CollectorClass, Device, DeviceProfile, Simulation, Site, Tag } from '@kubeplant/crds';
import { plan } from './plan.ts';
import type { PlanHost, PlanInput, PlanResources } from './types.ts';

const API = 'kubeplant.io/v1alpha1' as const;
type Meta = Partial<Device['metadata']>;

const metadata = (kind: string, name: string, meta: Meta): Device['metadata'] => ({
  name,
  namespace: 'plant',
  uid: `${kind}-${name}`,
  ...meta,
});

/** A Site `north`. */
export const site = (spec: Partial<Site['spec']> = {}, meta: Meta = {}): Site => ({
  apiVersion: API,
  kind: 'Site',
  metadata: metadata('site', 'north', meta),
  spec: { timezone: 'Europe/Berlin', dayStart: '00:00', simulation: 'Forbidden', ...spec },
});

type ModbusTcp = NonNullable<Device['spec']['connection']['modbusTcp']>;
type DeepDevice = Partial<Device['spec']> & { readonly modbusTcp?: Partial<ModbusTcp> };

/** A Modbus Device of site `north` at 10.0.0.1. */
export const device = (name: string, spec: DeepDevice = {}, meta: Meta = {}): Device => {
  const { modbusTcp, ...rest } = spec;
  return {
    apiVersion: API,
    kind: 'Device',
    metadata: metadata('device', name, meta),
    spec: {
      siteRef: { name: 'north' },
      mode: 'Active',
      connection: { protocol: 'ModbusTcp', modbusTcp: { host: '10.0.0.1', port: 502, unitId: 1, framing: 'Tcp', ...modbusTcp } },
      tags: { level: tag(0) },
      ...rest,
    },
  };
};

/** A Calculated Device of site `north` from tag name to expression. */
export const calculated = (name: string, expressions: Readonly<Record<string, string>>): Device => ({
  apiVersion: API,
  kind: 'Device',
  metadata: metadata('device', name, {}),
  spec: {
    siteRef: { name: 'north' },
    mode: 'Active',
    connection: { protocol: 'Calculated' },
    tags: Object.fromEntries(Object.entries(expressions).map(([key, expression]) => [key, { expression }])),
  },
});

/** A tag at a holding register. */
export const tag = (address: number, more: Partial<Tag> = {}): Tag => ({ modbus: { address }, ...more });

/** A DeviceProfile. */
export const profile = (name: string, spec: DeviceProfile['spec']): DeviceProfile => ({
  apiVersion: API,
  kind: 'DeviceProfile',
  metadata: metadata('profile', name, {}),
  spec,
});

/** An AlarmRule of site `north` on every `level`. */
export const rule = (name: string, spec: Partial<AlarmRule['spec']> = {}): AlarmRule => ({
  apiVersion: API,
  kind: 'AlarmRule',
  metadata: metadata('rule', name, {}),
  spec: {
    siteRef: { name: 'north' },
    condition: { type: 'Limit', limit: { mode: 'Exclusive', high: { value: 80 } } },
    priority: 'Medium',
    onDelay: '0s',
    offDelay: '0s',
    onBadQuality: 'Hold',
    acknowledge: 'Required',
    ...('deviceRef' in spec ? {} : { selector: { devices: {}, tags: ['level'] } }),
    ...spec,
  },
});

/** A CollectorClass. */
export const collectorClass = (name: string, spec: CollectorClass['spec'] = {}): CollectorClass => ({
  apiVersion: API,
  kind: 'CollectorClass',
  metadata: { name, uid: `class-${name}` },
  spec,
});

/** A Simulation of site `north`. */
export const simulation = (name: string, devices: Simulation['spec']['devices'], meta: Meta = {}): Simulation => ({
  apiVersion: API,
  kind: 'Simulation',
  metadata: metadata('simulation', name, meta),
  spec: { siteRef: { name: 'north' }, interval: '500ms', devices },
});

/** The local host, started with `--simulate`. */
export const host: PlanHost = {
  kind: 'local',
  cluster: 'local',
  simulate: true,
  tokenHashes: (tenant, ...rest) => [`${tenant}:${rest.join(':')}`],
};

/** Input with nothing assigned yet. */
export const inputOf = (resources: Partial<PlanResources>, more: Partial<PlanInput> = {}): PlanInput => ({
  resources: { sites: [site()], devices: [], profiles: [], rules: [], classes: [], simulations: [], ...resources },
  assignment: {},
  simulators: {},
  host,
  ...more,
});

/** `reason resource field` of each finding. */
export const findingsOfPlan = (resources: Partial<PlanResources>, more: Partial<PlanInput> = {}): string[] =>
  plan(inputOf(resources, more)).findings.map(({ reason, resource, field }) => `${reason} ${resource.kind}/${resource.name} ${field}`);
