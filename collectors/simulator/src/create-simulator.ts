import type { SimulatorConfig } from '@kubeplant/crds/model';
import { createSignals, type Signals } from '@kubeplant/engine';
import type { Logger } from '@kubeplant/kit';
import { durationMs } from '@kubeplant/words';
import { createListener, type Listener } from './listener.ts';

/** Where the channels of a simulator are served: `<namespace>/<channel key>` → endpoint. */
export type ListenerEndpoints = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

/** What a simulator needs. `setTicker` calls `fn` every `intervalMs` until the returned function is called. */
export interface SimulatorDeps {
  readonly host: string;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly setTicker: (intervalMs: number, fn: () => void) => () => void;
}

/** A plant of signals behind Modbus servers. */
export interface Simulator {
  /** Take a configuration. Listeners of channels that stay keep their port; unchanged signals go on where they are. */
  apply(config: SimulatorConfig): Promise<ListenerEndpoints>;
  /** Why a channel of the configuration is not served; undefined: all are. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** Create a simulator that serves nothing yet. */
export function createSimulator({ host, log, setTicker }: SimulatorDeps): Simulator {
  const listeners = new Map<string, Listener>();
  let signals: { readonly key: string; readonly running: Signals } | undefined;
  let problem: string | undefined;
  let stopTicker: () => void = () => undefined;

  const signalOf = (device: string, tag: string) => signals?.running.value(device, tag);

  async function listen(config: SimulatorConfig): Promise<void> {
    const wanted = new Map(config.listeners.map((listener) => [`${config.namespace}/${listener.channel}`, listener]));
    for (const [key, listener] of listeners) {
      const next = wanted.get(key);
      if (next?.framing === listener.framing && (next.port === listener.declaredPort || next.port === listener.port)) continue;
      listeners.delete(key);
      await listener.close();
    }
    for (const [key, next] of wanted) {
      if (listeners.has(key)) continue;
      try {
        listeners.set(key, await createListener(host, next));
      } catch (error) {
        problem = `channel ${key}: cannot listen on ${host}:${next.port}: ${error instanceof Error ? error.message : error}`;
        log.error({ channel: key, host, port: next.port, err: error }, 'cannot listen; give the channel another port');
      }
    }
    for (const [key, { devices }] of wanted)
      listeners.get(key)?.take(
        devices.map(({ device }) => device),
        signalOf,
      );
  }

  function takeSignals(config: SimulatorConfig): void {
    const devices = config.listeners.flatMap((listener) =>
      listener.devices.map(({ device, signals: declared }) => ({ device: device.name, signals: declared, tags: device.tags })),
    );
    const key = JSON.stringify([config.simulation, devices.map(({ device, signals: declared }) => [device, declared])]);
    if (signals?.key === key) return;
    signals = { key, running: createSignals({ devices, seed: seedOf(`${config.tenant}/${config.simulation}`) }) };
    signals.running.step(0);
  }

  return {
    apply: async (config) => {
      problem = undefined;
      takeSignals(config);
      await listen(config);
      stopTicker();
      const intervalMs = durationMs(config.interval);
      stopTicker = setTicker(intervalMs, () => {
        signals?.running.step(intervalMs);
        for (const listener of listeners.values()) listener.refresh(signalOf);
      });
      log.info({ revision: config.revision, listeners: listeners.size }, 'simulating');
      return Object.fromEntries([...listeners].map(([key, listener]) => [key, { host: listener.host, port: listener.port }]));
    },
    problem: () => problem,
    close: async () => {
      stopTicker();
      await Promise.all([...listeners.values()].map((listener) => listener.close()));
      listeners.clear();
    },
  };
}

/** The same simulation gives the same signals after every start. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
