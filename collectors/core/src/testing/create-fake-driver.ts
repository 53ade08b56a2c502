import type { ChannelConfig } from '@kubeplant/crds/model';
import type { Driver, DriverSink } from '../driver.ts';

/** A channel opened by a fake driver. */
export interface FakeChannel {
  readonly sink: DriverSink;
  /** Configurations it was given: the first by `open`, then by `update`. */
  readonly configs: ChannelConfig[];
  closed: boolean;
}

/** A driver that does nothing by itself; tests speak through the sinks of its channels. */
export interface FakeDriver extends Driver {
  /** Channels by key; the newest where one was opened again. */
  readonly channels: Map<string, FakeChannel>;
  opened: number;
  /** What closing a channel waits for. */
  closing: Promise<void>;
}

/** `check` refuses devices that it returns messages for. */
export function createFakeDriver(check?: Driver['check']): FakeDriver {
  const channels = new Map<string, FakeChannel>();
  const driver: FakeDriver = {
    protocol: 'ModbusTcp',
    channels,
    opened: 0,
    closing: Promise.resolve(),
    ...(check ? { check } : {}),
    open: ({ channel, sink }) => {
      const fake: FakeChannel = { sink, configs: [channel], closed: false };
      channels.set(channel.key, fake);
      driver.opened++;
      return {
        update: (next) => void fake.configs.push(next),
        close: async () => {
          fake.closed = true;
          await driver.closing;
        },
      };
    },
  };
  return driver;
}
