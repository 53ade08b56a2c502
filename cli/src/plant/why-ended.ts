/** Why a process ended, by what it logged since its start, with what to do where that is known; empty when it says nothing. */
export function whyEnded(log: string): string {
  const lines = log.trim().split('\n');
  const told = lastReason(lines) ?? lines.slice(-3).join(' | ').slice(-500);
  return /No space left on device|ENOSPC/.test(told) ? `${told}: the disk is full, free some space` : told;
}

const POSTGRES = / (?:FATAL|PANIC): {2}(.+)/;
const NODE = /^(?:Uncaught )?\w*Error(?: \[\w+\])?: (.+)/;

/** The last line that says what was fatal: of our own log, of PostgreSQL's, or of Node where a bug has ended the process. */
function lastReason(lines: readonly string[]): string | undefined {
  for (const line of lines.toReversed()) {
    const reason = line.startsWith('{') ? ofOurs(line) : (POSTGRES.exec(line) ?? NODE.exec(line))?.[1];
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function ofOurs(line: string): string | undefined {
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: string; msg?: string; err?: { message?: string } }; // A line of our log.
    return level === 'fatal' ? [msg, err?.message].filter((part) => part !== undefined && part !== '').join(': ') : undefined;
  } catch {
    return undefined; // Cut off half-way.
  }
}
