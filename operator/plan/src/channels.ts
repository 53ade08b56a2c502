import type { ChannelConfig, EffectiveDevice, EffectiveModbusTcp, Finding } from '@kubeplant/crds/model';
import { durationMs } from '@kubeplant/words';
import { compareText } from './canonical-json.ts';
import { defined } from './defined.ts';
import { findingsOf, type FindingSink } from './findings.ts';

/** A device with a connection, and the class that shall collect it. */
export interface ConnectedDevice {
  readonly device: EffectiveDevice;
  readonly collectorClass: string;
}

/** A physical connection as declared, before a Simulation or a shard has it. */
export interface Channel {
  readonly key: string;
  readonly collectorClass: string;
  readonly config: ChannelConfig;
}

type Settings = ChannelConfig['modbusTcp'];

/** Identity of a connection: protocol, declared endpoint, framing, standby. */
export function channelKey(modbusTcp: EffectiveModbusTcp): string {
  const endpoint = formatEndpoint(modbusTcp);
  const standby = modbusTcp.standby === undefined ? '' : `+${formatEndpoint(modbusTcp.standby)}`;
  const framing = modbusTcp.framing === 'Tcp' ? '' : `/${modbusTcp.framing}`;
  return `ModbusTcp/${endpoint}${standby}${framing}`;
}

/** `host:port`, IPv6 in brackets. */
export const formatEndpoint = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`.toLowerCase();

/** Group the devices of one site into channels, in order of their keys. Settings that disagree are findings; the stricter holds. */
export function buildChannels(devices: readonly ConnectedDevice[], findings: Finding[]): Channel[] {
  const byKey = new Map<string, ConnectedDevice[]>();
  for (const item of [...devices].sort((a, b) => compareText(a.device.name, b.device.name))) {
    if (item.device.modbusTcp === undefined) continue;
    const key = channelKey(item.device.modbusTcp);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [item]);
    else members.push(item);
  }
  warnOfSharedEndpoints(byKey, findings);
  const keys = [...byKey.keys()].sort(compareText);
  return keys.flatMap((key) => buildChannel(key, byKey.get(key) ?? [], findings) ?? []);
}

function buildChannel(key: string, members: readonly ConnectedDevice[], findings: Finding[]): Channel | undefined {
  const [first, ...others] = members;
  if (first?.device.modbusTcp === undefined) return undefined;
  const modbusTcp = first.device.modbusTcp;
  let settings = settingsOf(modbusTcp);
  for (const { device, collectorClass } of others) {
    const sink = findingsOf({ kind: 'Device', namespace: device.namespace, name: device.name }, findings);
    if (collectorClass !== first.collectorClass) {
      sink.warning(
        'ChannelConflict',
        'spec.collectorClassRef',
        conflict(key, first.device.name, device.name, 'collectorClassRef', first.collectorClass, collectorClass),
      );
    }
    if (device.modbusTcp !== undefined)
      settings = stricter(settings, settingsOf(device.modbusTcp), { key, first: first.device.name, other: device.name, sink });
  }
  const config = defined({
    key,
    protocol: 'ModbusTcp' as const,
    endpoint: { host: modbusTcp.host, port: modbusTcp.port },
    standby: modbusTcp.standby,
    modbusTcp: settings,
    simulated: false,
    devices: members.map(({ device }) => device),
  });
  return { key, collectorClass: first.collectorClass, config };
}

function settingsOf({ host: _host, port: _port, unitId: _unit, standby: _standby, ...settings }: EffectiveModbusTcp): Settings {
  return settings;
}

const longer = (a: string, b: string): string => (durationMs(b) > durationMs(a) ? b : a);

/** Which of two values asks less of the device. */
const STRICTER: { readonly [K in Exclude<keyof Settings, 'framing'>]: (a: Settings[K], b: Settings[K]) => Settings[K] } = {
  timeout: longer,
  connectDelay: longer,
  interRequestDelay: longer,
  maxInFlight: Math.min,
  retries: Math.min,
  maxRegistersPerRead: Math.min,
  maxBitsPerRead: Math.min,
  mergeGap: Math.min,
};

interface Pair {
  readonly key: string;
  readonly first: string;
  readonly other: string;
  readonly sink: FindingSink;
}

function stricter(held: Settings, added: Settings, { key, first, other, sink }: Pair): Settings {
  const result: Record<string, unknown> = { ...held };
  for (const name of Object.keys(STRICTER) as (keyof typeof STRICTER)[]) {
    if (held[name] === added[name]) continue;
    const choose = STRICTER[name] as (a: unknown, b: unknown) => unknown; // the pair of one key has one type
    result[name] = choose(held[name], added[name]);
    const message = conflict(key, first, other, name, String(held[name]), String(added[name]));
    sink.warning('ChannelConflict', `spec.connection.modbusTcp.${name}`, `${message} In force is ${String(result[name])}.`);
  }
  return result as unknown as Settings; // the same keys, each with a value of its own kind
}

const conflict = (key: string, first: string, other: string, field: string, held: string, added: string): string =>
  `Devices "${first}" and "${other}" share the channel ${key} and disagree about ${field}: ${held} and ${added}. Give both the same value.`;

/** Two channels to one endpoint: legal, and rarely meant. */
function warnOfSharedEndpoints(byKey: ReadonlyMap<string, readonly ConnectedDevice[]>, findings: Finding[]): void {
  const seen = new Map<string, { readonly key: string; readonly device: string }>();
  for (const [key, [first]] of byKey) {
    if (first?.device.modbusTcp === undefined) continue;
    const endpoint = formatEndpoint(first.device.modbusTcp);
    const other = seen.get(endpoint);
    seen.set(endpoint, other ?? { key, device: first.device.name });
    if (other === undefined) continue;
    const sink = findingsOf({ kind: 'Device', namespace: first.device.namespace, name: first.device.name }, findings);
    const message = `Devices "${other.device}" and "${first.device.name}" reach ${endpoint} with different framing or standby: two connections are made. Give both the same.`;
    sink.warning('ChannelConflict', 'spec.connection.modbusTcp', message);
  }
}
