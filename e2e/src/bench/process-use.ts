import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc/<pid>/stat per second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Memory of a process now, in MB of 10^6 bytes. Shared libraries count. */
export const residentMb = (pid: number): number => (kilobytes(`/proc/${pid}/status`, 'VmRSS:') * 1024) / 1e6;

/** Memory of a process and its children, what they share counted once, in MB of 10^6 bytes. */
export const treeMb = (pid: number): number =>
  [pid, ...childrenOf(pid)].reduce((sum, one) => sum + (kilobytes(`/proc/${one}/smaps_rollup`, 'Pss:') * 1024) / 1e6, 0);

/** Processor time of a process alone so far, in seconds. */
export const processorSeconds = (pid: number): number => ticks(pid) / TICKS_PER_SECOND;

/** Processor time of a process and its running children so far, in seconds. */
export const treeProcessorSeconds = (pid: number): number =>
  [pid, ...childrenOf(pid)].reduce((sum, one) => sum + ticks(one), 0) / TICKS_PER_SECOND;

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return all.filter((name) => statFields(name)[1] === String(pid)).map(Number);
}

const ticks = (pid: number): number => {
  const fields = statFields(String(pid));
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
};

/** What follows the name in /proc/<pid>/stat: state, parent …; empty when the process has ended. */
function statFields(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function kilobytes(path: string, field: string): number {
  try {
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((text) => text.startsWith(field));
    return Number(/[0-9]+/.exec(line ?? '')?.[0] ?? 0);
  } catch {
    return 0; // ended in between
  }
}
