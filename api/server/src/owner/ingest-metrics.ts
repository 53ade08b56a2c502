import type { Meter } from '@kubeplant/kit';

/** What owners count: per batch, never per reading. */
export interface IngestMetrics {
  committed(site: string, rows: number, blocks: number, durationMs: number): void;
  quarantined(site: string, rows: number): void;
  failed(site: string): void;
}

export function createIngestMetrics(meter: Meter): IngestMetrics {
  const readings = meter.createCounter('kubeplant_ingest_readings', { description: 'Readings committed' });
  const blocks = meter.createCounter('kubeplant_ingest_blocks', { description: 'Blocks committed' });
  const quarantine = meter.createCounter('kubeplant_ingest_quarantined', { description: 'Readings and blocks put into quarantine' });
  const failures = meter.createCounter('kubeplant_ingest_failures', {
    description: 'Times an owner threw its state away and loaded it again',
  });
  const duration = meter.createHistogram('kubeplant_ingest_commit_seconds', {
    description: 'Duration of a group commit',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  });
  return {
    committed: (site, rows, count, durationMs) => {
      readings.add(rows, { site });
      blocks.add(count, { site });
      duration.record(durationMs / 1000, { site });
    },
    quarantined: (site, rows) => quarantine.add(rows, { site }),
    failed: (site) => failures.add(1, { site }),
  };
}
