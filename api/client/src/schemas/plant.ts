import { DATA_TYPES, PRIORITIES, TAG_KINDS } from '@kubeplant/words';
import { type Static, Type } from 'typebox';
import { AreaPath, Closed, Label, ListOf, paging, TagName, TagPath, Time } from './common.ts';

const optionalText = Type.Optional(Type.String());
const place = { namespace: Type.Optional(Label), site: Type.Optional(Label) };
const Origin = Type.Enum(['Real', 'Simulated']);

/** A site and its figures. */
export const Site = Closed({
  namespace: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  enterprise: optionalText,
  timezone: Type.String({ description: 'IANA name' }),
  areas: Type.Array(Closed({ path: Type.String(), displayName: optionalText })),
  simulations: Type.Array(Type.String()),
  revision: Type.String(),
  ready: Type.Boolean({ description: 'nothing declared is in error' }),
  recording: Type.Boolean({ description: 'the last commit succeeded' }),
  notRecorded: Type.Optional(
    Closed({ since: Time, reason: Type.String() }, { description: 'what is shown since then is not in the history yet, and why' }),
  ),
  valuesPerSecond: Type.Number(),
  tags: Type.Integer(),
  rules: Type.Integer(),
  devices: Closed({ total: Type.Integer(), connected: Type.Integer(), dataFlowing: Type.Integer(), notFlowing: Type.Integer() }),
});
export const ListSitesInput = Closed({
  ...paging,
  namespace: Type.Optional(Label),
  sort: Type.Optional(Type.Enum(['name', 'displayName', 'namespace'])),
});
export const SiteList = ListOf(Site);

/** A collector of a shard. At most one of a shard is active and polls. */
const Collector = Closed({
  instance: Type.String({ description: 'name of the pod or process' }),
  standing: Type.Enum(['Active', 'Standby']),
  reason: Type.String({ description: 'why it stands by, as Reason: sentence' }),
  problem: optionalText,
});

/** A device and how the field answers. Null: the question does not arise (calculated, or nothing was heard yet). */
export const Device = Closed({
  namespace: Type.String(),
  name: Type.String(),
  site: Type.String(),
  area: optionalText,
  displayName: optionalText,
  designation: optionalText,
  protocol: Type.String(),
  mode: Type.String(),
  simulated: Type.Boolean(),
  ready: Type.Boolean({ description: 'what is declared is applied' }),
  connected: Type.Union([Type.Boolean(), Type.Null()]),
  dataFlowing: Type.Union([Type.Boolean(), Type.Null()]),
  reason: Type.String(),
  message: Type.String(),
  since: Type.Optional(Time),
  tags: Type.Integer(),
  badTags: Type.Integer(),
  rejected: Type.Array(Closed({ tag: Type.String(), reason: Type.String() })),
  shard: optionalText,
  collectors: Type.Optional(Type.Array(Collector, { description: 'connected for its shard; absent when there is none' })),
  revision: Type.String(),
});
export const ListDevicesInput = Closed({
  ...paging,
  ...place,
  area: Type.Optional(AreaPath),
  protocol: Type.Optional(Type.String({ maxLength: 32 })),
  connected: Type.Optional(Type.Boolean()),
  dataFlowing: Type.Optional(Type.Boolean()),
  ready: Type.Optional(Type.Boolean()),
  sort: Type.Optional(Type.Enum(['name', 'site', 'area', 'protocol', 'ready', 'connected', 'dataFlowing', 'badTags'])),
});
export const DeviceList = ListOf(Device);
export const DeviceKey = Closed({ namespace: Label, name: Label });
/** The device after the merge with its profile and defaults, as `EffectiveDevice` of the plan. */
export const EffectiveDevice = Type.Object(
  { namespace: Type.String(), name: Type.String(), revision: Type.String() },
  { additionalProperties: true },
);

/** Latest value of a tag, null where there is no number. `text` tags carry a string. */
export const TagValue = Closed({
  time: Time,
  value: Type.Union([Type.Number(), Type.String(), Type.Null()]),
  status: Type.Integer({ minimum: 0, maximum: 65535 }),
  statusText: Type.String(),
  flags: Type.Optional(Type.Array(Type.String())),
  origin: Origin,
  unit: optionalText,
});
/** A tag and its latest value; `time`, `value`, `status` are absent before the first. */
export const Tag = Closed({
  namespace: Type.String(),
  device: Type.String(),
  name: Type.String(),
  path: Type.String({ description: 'namespace/device/tag' }),
  site: Type.String(),
  area: optionalText,
  description: optionalText,
  designation: optionalText,
  kind: Type.Enum(TAG_KINDS),
  dataType: Type.Enum(DATA_TYPES),
  unit: optionalText,
  states: Type.Optional(Type.Record(Type.String(), Type.String())),
  range: Type.Optional(Closed({ low: Type.Optional(Type.Number()), high: Type.Optional(Type.Number()) })),
  samplingInterval: Type.String(),
  staleAfter: Type.String(),
  calculated: Type.Boolean(),
  origin: Origin,
  time: Type.Optional(Time),
  value: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()])),
  status: Type.Optional(Type.Integer()),
  statusText: optionalText,
  flags: Type.Optional(Type.Array(Type.String())),
});
export const ListTagsInput = Closed({
  ...paging,
  ...place,
  area: Type.Optional(AreaPath),
  device: Type.Optional(Label),
  kind: Type.Optional(Type.Enum(TAG_KINDS)),
  quality: Type.Optional(Type.Enum(['Good', 'Uncertain', 'Bad', 'None'], { description: 'of the latest value; None: no value yet' })),
  path: Type.Optional(Type.Array(TagPath, { maxItems: 1000, description: 'these tags only, parted by commas' })),
  sort: Type.Optional(Type.Enum(['name', 'device', 'site', 'unit', 'kind', 'status', 'time'])),
});
export const TagList = ListOf(Tag);
export const TagKey = Closed({ namespace: Label, device: Label, tag: TagName });

/** An alarm rule with its targets resolved. */
export const Rule = Closed({
  namespace: Type.String(),
  name: Type.String(),
  site: Type.String(),
  type: Type.String(),
  priority: Type.Enum(PRIORITIES),
  watched: Type.Integer({ description: 'tags it watches' }),
  targets: Type.Array(Closed({ device: Type.String(), tag: Type.String() })),
  condition: Type.Unknown(),
  acknowledge: Type.String(),
  onDelay: Type.String(),
  offDelay: Type.String(),
  onBadQuality: Type.String(),
  message: Type.String(),
  consequence: optionalText,
  correctiveAction: optionalText,
  responseTime: optionalText,
  rationale: optionalText,
  revision: Type.String(),
});
export const ListRulesInput = Closed({
  ...paging,
  ...place,
  type: Type.Optional(Type.String({ maxLength: 32 })),
  device: Type.Optional(Label),
  tag: Type.Optional(TagName),
  sort: Type.Optional(Type.Enum(['name', 'site', 'type', 'priority', 'watched'])),
});
export const RuleList = ListOf(Rule);

/** What the plan has to say about a resource. */
export const Finding = Closed({
  severity: Type.Enum(['Error', 'Warning']),
  reason: Type.String(),
  site: Type.String(),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  field: Type.String(),
  message: Type.String(),
});
export const ListFindingsInput = Closed({
  ...paging,
  ...place,
  severity: Type.Optional(Type.Enum(['Error', 'Warning'])),
  kind: Type.Optional(Type.String({ maxLength: 63 })),
  name: Type.Optional(Label),
  sort: Type.Optional(Type.Enum(['severity', 'reason', 'name', 'kind'])),
});
export const FindingList = ListOf(Finding);

/** Figures of one priority: alarms that are not NORM. */
const AlarmCount = Closed({
  priority: Type.Enum(PRIORITIES),
  active: Type.Integer(),
  unacknowledged: Type.Integer(),
  total: Type.Integer(),
});
/** The plant at a glance. */
export const Overview = Closed({
  time: Time,
  state: Type.Enum(['Normal', 'Attention', 'Alarm', 'NotRecording', 'Empty'], {
    description: 'the worst that holds: not recording, an unacknowledged alarm, something to look at, all well, no site',
  }),
  simulated: Type.Boolean(),
  sites: Closed({ total: Type.Integer(), recording: Type.Integer() }),
  devices: Closed({ total: Type.Integer(), connected: Type.Integer(), dataFlowing: Type.Integer(), notFlowing: Type.Integer() }),
  notFlowing: Type.Array(Device, { description: 'the first 20' }),
  tags: Type.Integer(),
  valuesPerSecond: Type.Number(),
  alarms: Type.Array(AlarmCount, { description: 'most urgent first' }),
  findings: Closed({ errors: Type.Integer(), warnings: Type.Integer() }),
});
export const OverviewInput = Closed(place);

export type Site = Static<typeof Site>;
export type ListSitesInput = Static<typeof ListSitesInput>;
export type Device = Static<typeof Device>;
export type ListDevicesInput = Static<typeof ListDevicesInput>;
export type TagValue = Static<typeof TagValue>;
export type Tag = Static<typeof Tag>;
export type TagKey = Static<typeof TagKey>;
export type ListTagsInput = Static<typeof ListTagsInput>;
export type Rule = Static<typeof Rule>;
export type ListRulesInput = Static<typeof ListRulesInput>;
export type Finding = Static<typeof Finding>;
export type ListFindingsInput = Static<typeof ListFindingsInput>;
export type Overview = Static<typeof Overview>;
export type OverviewInput = Static<typeof OverviewInput>;
export type EffectiveDevice = Static<typeof EffectiveDevice>;
