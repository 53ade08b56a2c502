import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';

/** Memory, processor time and event loop delay of this process, under the names Prometheus' client libraries use. */
export function observeProcess(meter: Meter): void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  meter
    .createObservableGauge('process_resident_memory_bytes', { description: 'Resident memory.' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter.createObservableCounter('process_cpu_seconds_total', { description: 'Processor time, user and system.' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1e6);
  });
  meter
    .createObservableGauge('nodejs_eventloop_lag_p99_seconds', {
      description: 'Delay of the event loop since the last scrape, 99th percentile.',
    })
    .addCallback((result) => {
      result.observe(Number.isNaN(delay.mean) ? 0 : delay.percentile(99) / 1e9);
      delay.reset();
    });
}
