import type { EffectiveDevice, EffectiveRule, EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import { tokenHash } from '@kubeplant/kit';
import { gzipSync } from 'node:zlib';

/** Token of every shard of the fixture. */
export const TOKEN = 'a-token-of-the-shard';

export const tag = (name: string, more: Partial<EffectiveTag> = {}): EffectiveTag => ({
  name,
  kind: 'Analog',
  dataType: 'Float64',
  samplingInterval: '1s',
  staleAfter: 'Off',
  deadband: { type: 'None', value: 0 },
  ...more,
});

export const device = (name: string, tags: readonly EffectiveTag[], more: Partial<EffectiveDevice> = {}): EffectiveDevice => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  revision: '0123456789ab',
  labels: {},
  mode: 'Active',
  protocol: 'ModbusTcp',
  communicationAlarm: { priority: 'None', onDelay: '30s' },
  simulated: false,
  tags,
  ...more,
});

/** A high limit of 100 on a tag. */
export const highRule = (deviceName: string, tagName: string, onDelay = '0s'): EffectiveRule => ({
  namespace: 'default',
  name: `${deviceName}-${tagName}-high`,
  uid: `rule-${deviceName}-${tagName}`,
  revision: '1',
  condition: {
    type: 'Limit',
    mode: 'Exclusive',
    limits: { high: { value: 100, priority: 'High', onDelay, deadband: 0, message: '$(tag) is $(value)' } },
  },
  priority: 'High',
  onDelay,
  offDelay: '0s',
  onBadQuality: 'Hold',
  acknowledge: 'Required',
  message: '$(tag) is $(value)',
  targets: [{ device: deviceName, tag: tagName }],
});

/** Site `north` of tenant `local/default`, one shard `shard-0` with the devices that are not calculated. */
export const model = (devices: readonly EffectiveDevice[], more: Partial<SiteModel> = {}): SiteModel => ({
  formatVersion: 2,
  cluster: 'local',
  namespace: 'default',
  tenant: 'local/default',
  site: 'north',
  revision: 'r1',
  displayName: 'North',
  timezone: 'UTC',
  dayStart: '00:00',
  historian: { class: 'standard', eventRetention: '5y' },
  areas: [],
  simulations: [],
  devices,
  rules: [],
  shards: [
    {
      name: 'shard-0',
      collectorClass: 'default',
      protocol: 'ModbusTcp',
      devices: devices.filter((one) => one.protocol !== 'Calculated').map((one) => one.name),
      tokenHashes: [tokenHash(TOKEN)],
    },
  ],
  resources: [],
  findings: [],
  ...more,
});

/** As the operator sends it. */
export const packed = (site: SiteModel) => ({
  tenant: site.tenant,
  site: site.site,
  revision: site.revision,
  body: gzipSync(Buffer.from(JSON.stringify(site))),
});
