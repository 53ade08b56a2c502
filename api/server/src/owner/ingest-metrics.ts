import type { Meter } from '@kubeplant/kit';

/** What owners count: per batch, never per reading. */
export interface IngestMetrics {
  committed(
    site: string,
    commit: { readonly rows: number; readonly blocks: number; readonly late: number; readonly durationMs: number },
  ): void;
  quarantined(site: string, rows: number): void;
  failed(site: string): void;
}

export function createIngestMetrics(meter: Meter): IngestMetrics {
  const readings = meter.createCounter('kubeplant_ingest_readings', { description: 'Readings committed' });
  const blocks = meter.createCounter('kubeplant_ingest_blocks', { description: 'Blocks committed' });
  const late = meter.createCounter('kubeplant_ingest_late', {
    description: 'Readings older than one of their tag that was evaluated before: stored, neither shown nor evaluated for alarms',
  });
  const quarantine = meter.createCounter('kubeplant_ingest_quarantined', { description: 'Readings and blocks put into quarantine' });
  const failures = meter.createCounter('kubeplant_ingest_failures', {
    description: 'Times an owner could not record',
  });
  const duration = meter.createHistogram('kubeplant_ingest_commit_seconds', {
    description: 'Duration of a group commit',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  });
  return {
    committed: (site, { rows, blocks: count, late: lateRows, durationMs }) => {
      readings.add(rows, { site });
      blocks.add(count, { site });
      if (lateRows > 0) late.add(lateRows, { site });
      duration.record(durationMs / 1000, { site });
    },
    quarantined: (site, rows) => quarantine.add(rows, { site }),
    failed: (site) => failures.add(1, { site }),
  };
}
