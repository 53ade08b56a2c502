import { createHash } from 'node:crypto';
import type { Simulation } from '@kubeplant/crds';
import { FORMAT_VERSION, type SimulatorConfig } from '@kubeplant/crds/model';
import { revisionOf } from './canonical-json.ts';
import type { Channel } from './channels.ts';
import { namespaceOf } from './resource-ref.ts';
import type { DeviceSignals } from './signals.ts';
import { asSimulated } from './merge-device.ts';

/** What a simulator is made of. */
export interface SimulatorInput {
  readonly simulation: Simulation;
  readonly tenant: string;
  readonly site: string;
  readonly channels: readonly Channel[];
  readonly signals: DeviceSignals;
  /** Kubernetes: ports are part of the Service, so they are chosen here; else any free port. */
  readonly fixedPorts: boolean;
}

/** Configuration of the simulator process of one Simulation: a listener per channel, in order of their keys. */
export function buildSimulator({ simulation, tenant, site, channels, signals, fixedPorts }: SimulatorInput): SimulatorConfig {
  const ports = fixedPorts ? choosePorts(channels.map(({ key }) => key)) : undefined;
  const content = {
    formatVersion: FORMAT_VERSION,
    tenant,
    namespace: namespaceOf(simulation),
    site,
    simulation: simulation.metadata.name,
    interval: simulation.spec.interval ?? '500ms',
    listeners: channels.map(({ key, config }) => ({
      channel: key,
      framing: config.modbusTcp.framing,
      port: ports?.get(key) ?? 0,
      devices: config.devices.map((device) => ({ device: asSimulated(device), signals: signals.get(device.name) ?? [] })),
    })),
  } as const;
  const identity = {
    ...content,
    listeners: content.listeners.map(({ devices, ...rest }) => ({
      ...rest,
      devices: devices.map(({ device, signals: own }) => [device.name, device.revision, own]),
    })),
  };
  return { ...content, revision: revisionOf(identity) };
}

const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port for each channel that depends on its key, so that adding one moves no other but for a rare collision. */
function choosePorts(keys: readonly string[]): Map<string, number> {
  const taken = new Set<number>();
  const ports = new Map<string, number>();
  for (const key of keys) {
    let slot = createHash('sha256').update(key).digest().readUInt32BE(0) % PORTS;
    while (taken.has(slot)) slot = (slot + 1) % PORTS;
    taken.add(slot);
    ports.set(key, FIRST_PORT + slot);
  }
  return ports;
}
