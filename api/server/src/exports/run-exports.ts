import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRun } from '../jobs/job-task.ts';
import type { Scope } from '../ports.ts';
import type { StoreLog } from '../store/store-log.ts';
import { claimNext, deleteExpired, endExport, type ExportEnd, requeueLost } from './export-queue.ts';
import type { ExportRow } from './export-rows.ts';
import { type WriteDeps, writeExport } from './write-export.ts';

/** Name of the job. */
export const EXPORTS_JOB = 'exports';

/** What the task needs. */
export interface ExportDeps extends WriteDeps {
  readonly log: StoreLog;
}

/** Exports are a user’s, not a tenant’s: no tenant has to be seen to find them. */
const nobody: Scope = { grants: [] };
const LOOK_AGAIN_MS = 300;

/**
 * Write all exports that wait, a few at once, and delete what has expired. One process at a time may run it: what is
 * still marked as being written is what a process left that ended.
 */
export async function runExports(deps: ExportDeps, { signal, done }: JobRun): Promise<void> {
  const { withScope, limits } = deps;
  const nowUs = (): number => deps.now() * 1000;
  await withScope(nobody, (client) => deleteExpired(client, nowUs()));
  await withScope(nobody, (client) => requeueLost(client, { attempts: limits.attempts, nowUs: nowUs() }));
  let busy = 0;
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const row = await withScope(nobody, (client) => claimNext(client, nowUs()));
      if (row === undefined && busy === 0) return;
      if (row === undefined) {
        await sleep(LOOK_AGAIN_MS); // another is being written: a short one must not wait for its end
        continue;
      }
      busy += 1;
      const end = await tryToWrite(deps, row, { signal, done }).finally(() => (busy -= 1));
      await withScope(nobody, (client) => endExport(client, row, end, nowUs()));
    }
  };
  const works = await Promise.allSettled(Array.from({ length: limits.atOnce }, work));
  const broken = works.find((one) => one.status === 'rejected');
  if (broken !== undefined) throw broken.reason; // only now: none of them writes any more
}

/** A failure of one export is its own: the others go on. */
async function tryToWrite(deps: ExportDeps, row: ExportRow, run: JobRun): Promise<ExportEnd> {
  try {
    return await writeExport(deps, row, run);
  } catch (error) {
    if (run.signal.aborted) return { kind: 'stopped' };
    deps.log.error({ err: error, export: row.id }, 'an export failed');
    return { kind: 'failed', failure: 'It could not be read or stored; the log of the jobs process says why. Ask for it again.' };
  }
}
