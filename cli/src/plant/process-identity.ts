import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same id by when it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** When a process was started, in the system's own words; undefined when it is not there. */
function startedAt(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = readText(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    // The second field is the command in brackets, which may hold blanks; the state is the first after it, the start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  return ps('lstart=', pid);
}

/** The command line of a process; undefined when it is not there. */
export function commandLine(pid: number): string | undefined {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
  return ps('command=', pid);
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
}

/** True while this very process runs. */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean => startedAt(pid) === started;

/** Wait until the processes are gone; resolves with those that are left after `timeoutMs`. */
export async function waitUntilGone(processes: readonly ProcessIdentity[], timeoutMs: number): Promise<readonly ProcessIdentity[]> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const left = processes.filter(isAlive);
    if (left.length === 0 || performance.now() >= deadlineMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Send a signal to this very process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ps(column: string, pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}
