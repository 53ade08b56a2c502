import { Status } from '@kubeplant/words';
import type { Driver } from '../driver.ts';
import { runCollectorMain } from '../run-collector-main.ts';

/** A collector process for tests: every tag of every device counts up every 20 ms. */
const driver: Driver = {
  protocol: 'ModbusTcp',
  open: ({ channel, sink, clock }) => {
    let value = 0;
    const timer = setInterval(() => {
      value++;
      for (const { name, tags } of channel.devices) {
        sink.state(name, { connected: true, reason: 'Connected', message: '' });
        sink.readings(tags.map((tag) => ({ device: name, tag: tag.name, value, status: Status.Good, flags: 0 })));
        sink.observed(name, clock.nowUs());
      }
    }, 20);
    return { update: () => {}, close: async () => clearInterval(timer) };
  },
};

await runCollectorMain(driver);
