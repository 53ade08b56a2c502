import { readIfThere } from './data-directory.ts';

/** Why a process ended, from its log: what its last fatal line says, else the last lines as they are; and where to read on. */
export function whyEnded(logFile: string): string {
  const lines = (readIfThere(logFile) ?? '').trim().split('\n');
  const fatal = lines.findLast((line) => line.startsWith('{') && line.includes('"level":"fatal"'));
  const told = (fatal === undefined ? undefined : toText(fatal)) ?? lines.slice(-3).join(' | ').slice(-500);
  return `${told === '' ? 'it says nothing' : told} (log: ${logFile})`;
}

function toText(line: string): string | undefined {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }; // A line of our log.
    return [msg, err?.message].filter((part) => part !== undefined && part !== '').join(': ');
  } catch {
    return undefined; // Cut off half-way.
  }
}
