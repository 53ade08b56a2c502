export { COLLECTOR_SETTINGS, type CollectorSettings } from './collector-settings.ts';
export { decodeText, limitText, MAX_TEXT_BYTES } from './convert/decode-text.ts';
export { createClock } from './create-clock.ts';
export type * from './driver.ts';
export { createPoller, type PollGroup, type Poller, type PollerOptions } from './poll/create-poller.ts';
export { type Collector, type CollectorOptions, runCollector } from './run-collector.ts';
export { runCollectorMain } from './run-collector-main.ts';
