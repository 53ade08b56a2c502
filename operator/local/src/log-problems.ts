import type { Logger } from '@kubeplant/kit';
import type { Report } from './local-host.ts';
import { formatProblem } from './problem.ts';

/** Logs what is new in each report: in the background nobody else says what is wrong with the YAML. */
export function createProblemLog(log: Pick<Logger, 'info' | 'warn' | 'error'>): (report: Pick<Report, 'problems'>) => void {
  let known = new Set<string>();
  return ({ problems }) => {
    const now = new Set<string>();
    for (const problem of problems) {
      const text = formatProblem(problem);
      if (!known.has(text) && !now.has(text)) log[problem.severity === 'Error' ? 'error' : 'warn']({ reason: problem.reason }, text);
      now.add(text);
    }
    if (known.size > 0 && now.size === 0) log.info('all files are in force again');
    known = now;
  };
}
