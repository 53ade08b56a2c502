import type { Meter } from '@kubeplant/kit';

/** What the jobs process tells of each job. */
export interface JobMetrics {
  started(job: string): void;
  done(job: string, count: number): void;
  ended(job: string, outcome: 'done' | 'failed' | 'stopped', durationMs: number): void;
}

export function createJobMetrics(meter: Meter): JobMetrics {
  const runs = meter.createCounter('kubeplant_job_runs', { description: 'Runs of jobs that ended, by outcome: done, failed or stopped' });
  const running = meter.createUpDownCounter('kubeplant_job_running', { description: 'Jobs that run now in this process' });
  const items = meter.createCounter('kubeplant_job_items', { description: 'What jobs did: readings packed, rows deleted, …' });
  const duration = meter.createHistogram('kubeplant_job_seconds', {
    description: 'Duration of jobs',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1, 10, 60, 600, 3600] },
  });
  return {
    started: (job) => running.add(1, { job }),
    done: (job, count) => items.add(count, { job }),
    ended: (job, outcome, durationMs) => {
      running.add(-1, { job });
      runs.add(1, { job, outcome });
      duration.record(durationMs / 1000, { job });
    },
  };
}
