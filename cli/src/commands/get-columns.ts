import type { Alarm, Device, Rule, Site, Tag } from '@kubeplant/api-client';
import type { Column } from '../output/table.ts';

const yesNo = (value: boolean | null | undefined): string => (value === null || value === undefined ? '-' : value ? 'True' : 'False');

export const siteColumns: readonly Column<Site>[] = [
  { title: 'NAMESPACE', value: (row) => row.namespace },
  { title: 'NAME', value: (row) => row.name },
  { title: 'DISPLAY NAME', value: (row) => row.displayName },
  { title: 'DEVICES', value: (row) => row.devices.total },
  { title: 'CONNECTED', value: (row) => row.devices.connected },
  { title: 'VALUES/S', value: (row) => row.valuesPerSecond },
  { title: 'RECORDING', value: (row) => yesNo(row.recording) },
  { title: 'TAGS', value: (row) => row.tags, wide: true },
  { title: 'RULES', value: (row) => row.rules, wide: true },
];

export const deviceColumns: readonly Column<Device>[] = [
  { title: 'NAMESPACE', value: (row) => row.namespace },
  { title: 'NAME', value: (row) => row.name },
  { title: 'SITE', value: (row) => row.site },
  { title: 'PROTOCOL', value: (row) => row.protocol },
  { title: 'READY', value: (row) => yesNo(row.ready) },
  { title: 'CONNECTED', value: (row) => yesNo(row.connected) },
  { title: 'DATA', value: (row) => yesNo(row.dataFlowing) },
  { title: 'TAGS', value: (row) => row.tags },
  { title: 'BAD', value: (row) => row.badTags },
  { title: 'REASON', value: (row) => row.reason },
  { title: 'AREA', value: (row) => row.area, wide: true },
  { title: 'COLLECTOR', value: (row) => row.shard, wide: true },
  { title: 'MESSAGE', value: (row) => row.message, wide: true },
];

export const tagColumns: readonly Column<Tag>[] = [
  { title: 'TAG', value: (row) => row.path },
  { title: 'VALUE', value: (row) => (typeof row.value === 'number' ? (row.states?.[String(row.value)] ?? row.value) : row.value) },
  { title: 'UNIT', value: (row) => row.unit },
  { title: 'STATUS', value: (row) => row.statusText },
  { title: 'TIME', value: (row) => row.time },
  { title: 'ORIGIN', value: (row) => row.origin },
  { title: 'KIND', value: (row) => row.kind, wide: true },
  { title: 'SAMPLING', value: (row) => row.samplingInterval, wide: true },
  { title: 'DESCRIPTION', value: (row) => row.description, wide: true },
];

export const alarmColumns: readonly Column<Alarm>[] = [
  { title: 'STATE', value: (row) => row.state },
  { title: 'PRIORITY', value: (row) => row.priority },
  { title: 'SITE', value: (row) => `${row.namespace}/${row.site}` },
  { title: 'DEVICE', value: (row) => row.device },
  { title: 'TAG', value: (row) => row.tag },
  { title: 'VALUE', value: (row) => row.value },
  { title: 'ACTIVE SINCE', value: (row) => row.activeTime },
  { title: 'MESSAGE', value: (row) => row.message },
  { title: 'RULE', value: (row) => row.rule, wide: true },
  { title: 'LIMIT', value: (row) => row.limit, wide: true },
  { title: 'ID', value: (row) => row.id, wide: true },
];

export const ruleColumns: readonly Column<Rule>[] = [
  { title: 'NAMESPACE', value: (row) => row.namespace },
  { title: 'NAME', value: (row) => row.name },
  { title: 'SITE', value: (row) => row.site },
  { title: 'TYPE', value: (row) => row.type },
  { title: 'PRIORITY', value: (row) => row.priority },
  { title: 'WATCHED', value: (row) => row.watched },
  { title: 'ON DELAY', value: (row) => row.onDelay, wide: true },
  { title: 'MESSAGE', value: (row) => row.message, wide: true },
];
