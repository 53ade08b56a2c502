import type { Meter } from '@kubeplant/kit';
import type { Lost } from '@kubeplant/proto';
import type { EncodedBlock } from './block/block-buffer.ts';
import type { CollectedDevice } from './device/create-device.ts';

/** What is measured of at scrape time. */
export interface CollectorGauges {
  readonly bufferBytes: () => number;
  readonly bufferBlocks: () => number;
  readonly connected: () => boolean;
  readonly inFlight: () => number;
  readonly epoch: () => number;
  readonly devices: () => readonly Pick<CollectedDevice, 'state' | 'tagCount'>[];
}

/** Counters of a collector. Each call counts a batch. */
export interface CollectorMetrics {
  /** Readings of one response: how many came and how many were reported. */
  readings(received: number, reported: number): void;
  overrun(count: number): void;
  protocolError(kind: string): void;
  cut(block: EncodedBlock): void;
  /** Blocks were committed; `cutMs`: when those were cut of which it is still known. */
  committed(blocks: number, cutMs: readonly number[], nowMs: number): void;
  lost(lost: Lost): void;
  configLoaded(): void;
  configRefused(): void;
}

/** Counters and gauges named `kubeplant_collector_*`. */
export function createCollectorMetrics(meter: Meter, gauges: CollectorGauges): CollectorMetrics {
  observeGauges(meter, gauges);
  const counter = (name: string, description: string) => meter.createCounter(`kubeplant_collector_${name}`, { description });
  const readings = counter('readings_total', 'Values read from devices.');
  const reported = counter('readings_reported_total', 'Values beyond their deadband, put into blocks.');
  const overruns = counter('poll_overruns_total', 'Polls left out because the one before was not over.');
  const errors = counter('protocol_errors_total', 'Hostile or broken messages thrown away.');
  const blocks = counter('blocks_total', 'Blocks cut.');
  const blockBytes = counter('block_bytes_total', 'Bytes of the blocks cut.');
  const committedBlocks = counter('blocks_committed_total', 'Blocks that the database has committed.');
  const dropped = counter('readings_dropped_total', 'Readings that were given up, by reason.');
  const loads = counter('config_loads_total', 'Configurations taken or refused.');
  const latency = meter.createHistogram('kubeplant_collector_commit_duration_seconds', {
    description: 'Time from the cut of a block to its commit.',
    advice: { explicitBucketBoundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300] },
  });
  return {
    readings: (received, sent) => {
      readings.add(received);
      if (sent > 0) reported.add(sent);
    },
    overrun: (count) => overruns.add(count),
    protocolError: (kind) => errors.add(1, { kind }),
    cut: ({ bytes }) => {
      blocks.add(1);
      blockBytes.add(bytes.length);
    },
    committed: (count, cutMs, nowMs) => {
      committedBlocks.add(count);
      for (const each of cutMs) latency.record((nowMs - each) / 1000);
    },
    lost: ({ readings: count, reason }) => dropped.add(count, { reason }),
    configLoaded: () => loads.add(1, { result: 'taken' }),
    configRefused: () => loads.add(1, { result: 'refused' }),
  };
}

function observeGauges(meter: Meter, gauges: CollectorGauges): void {
  const gauge = (name: string, description: string, value: () => number) =>
    meter.createObservableGauge(`kubeplant_collector_${name}`, { description }).addCallback((result) => result.observe(value()));
  gauge('buffer_bytes', 'Bytes of blocks held until they are committed.', gauges.bufferBytes);
  gauge('buffer_blocks', 'Blocks held until they are committed.', gauges.bufferBlocks);
  gauge('uplink_connected', '1 while the owner of the site takes blocks.', () => Number(gauges.connected()));
  gauge('uplink_in_flight_blocks', 'Blocks sent and not yet received.', gauges.inFlight);
  gauge('uplink_epoch', 'Epoch given by the owner of the site.', gauges.epoch);
  gauge('devices', 'Devices in the configuration in force.', () => gauges.devices().length);
  gauge('devices_connected', 'Devices that answer.', () => gauges.devices().filter(({ state }) => state.connected).length);
  gauge('tags', 'Tags in the configuration in force.', () => gauges.devices().reduce((sum, { tagCount }) => sum + tagCount, 0));
}
