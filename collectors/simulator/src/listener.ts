import { createModbusServer, type Framing, type ModbusServer, RegisterImage } from '@kubeplant/collector-modbus';
import type { EffectiveDevice, SimulatorConfig } from '@kubeplant/crds/model';
import { fillImage } from './fill-image.ts';

/** One listener of a configuration. */
export type ListenerConfig = SimulatorConfig['listeners'][number];

/** Engineering value of a tag of a device now. */
export type SignalOf = (device: string, tag: string) => number | undefined;

/** A served channel: its port stays while its devices change. */
export interface Listener {
  readonly framing: Framing;
  readonly declaredPort: number;
  readonly host: string;
  readonly port: number;
  /** Serve these devices from now on. */
  take(devices: readonly EffectiveDevice[], signalOf: SignalOf): void;
  /** Bring the registers up to date. */
  refresh(signalOf: SignalOf): void;
  close(): Promise<void>;
}

/** Begin to listen for a channel; no unit answers before `take`. */
export async function createListener(host: string, { framing, port }: Pick<ListenerConfig, 'framing' | 'port'>): Promise<Listener> {
  let images = new Map<number, RegisterImage>();
  let served: readonly EffectiveDevice[] = [];
  const server: ModbusServer = await createModbusServer({ framing, host, port, unit: (unitId) => images.get(unitId) });
  const fill = (into: Map<number, RegisterImage>, signalOf: SignalOf) => {
    for (const device of served) {
      const unitId = device.modbusTcp?.unitId ?? 1;
      const image = into.get(unitId) ?? new RegisterImage();
      into.set(unitId, image);
      fillImage(image, device, (tag) => signalOf(device.name, tag));
    }
  };
  return {
    framing,
    declaredPort: port,
    host: server.host,
    port: server.port,
    take: (devices, signalOf) => {
      served = devices.filter((device) => device.mode === 'Active');
      const next = new Map<number, RegisterImage>();
      fill(next, signalOf);
      images = next;
    },
    refresh: (signalOf) => fill(images, signalOf),
    close: () => server.close(),
  };
}
