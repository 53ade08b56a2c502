import type pg from 'pg';
import type { Scope, WithScope } from '../ports.ts';

const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };

const STARTED = `
INSERT INTO job_run (job, started_at) VALUES ($1, now())
ON CONFLICT (job) DO UPDATE SET started_at = now(), ended_at = NULL, progress = NULL`;
const PROGRESS = 'UPDATE job_run SET progress = $2 WHERE job = $1';
const ENDED = 'UPDATE job_run SET ended_at = now(), failure = $2 WHERE job = $1';
const TELL = `INSERT INTO event (tenant, site, time, kind, message) SELECT tenant, site, now(), $1, $2 FROM site_model`;

/** What `job_run` and the events of the sites say of jobs. */
export interface JobRuns {
  started(job: string): Promise<void>;
  progress(job: string, text: string): Promise<void>;
  /** An event tells when a job fails that did not fail before, and when it is done again. */
  ended(job: string, failure: string | undefined): Promise<void>;
}

export function createJobRuns(deps: { readonly login: Pick<pg.Pool, 'query'>; readonly withScope: WithScope }): JobRuns {
  const { login, withScope } = deps;
  const tell = (kind: string, message: string) => withScope(everything, (client) => client.query(TELL, [kind, message]));
  return {
    started: async (job) => {
      await login.query(STARTED, [job]);
    },
    progress: async (job, text) => {
      await login.query(PROGRESS, [job, text]);
    },
    ended: async (job, failure) => {
      const before = await login.query<{ failure: string | null }>('SELECT failure FROM job_run WHERE job = $1', [job]);
      const failedBefore = (before.rows[0]?.failure ?? null) !== null;
      await login.query(ENDED, [job, failure ?? null]);
      if (failure !== undefined && !failedBefore) await tell('JobFailed', `the job ${job} failed and is tried again: ${failure}`);
      if (failure === undefined && failedBefore) await tell('JobRecovered', `the job ${job} is done again`);
    },
  };
}
