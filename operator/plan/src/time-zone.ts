import type { FindingSink } from './findings.ts';

/** Edits between a name and the one that is suggested for it. */
const MAX_EDITS = 3;

/** The zone in force: as declared where it exists, else UTC with a finding. */
export function effectiveTimeZone(declared: string | undefined, findings: FindingSink): string {
  if (declared === undefined || isTimeZone(declared)) return declared ?? 'UTC';
  const nearest = nearestTimeZone(declared);
  const fix = nearest === undefined ? 'Write an IANA name such as Europe/Berlin.' : `Did you mean "${nearest}"?`;
  findings.warning('TimezoneUnknown', 'spec.timezone', `There is no time zone "${declared}"; UTC is in force. ${fix}`);
  return 'UTC';
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The name with the fewest edits; a bare city counts as its zone. */
function nearestTimeZone(name: string): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let fewest = MAX_EDITS + 1;
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const known = zone.toLowerCase();
    const edits = Math.min(countEdits(wanted, known), countEdits(wanted, known.slice(known.lastIndexOf('/') + 1)));
    if (edits >= fewest) continue;
    best = zone;
    fewest = edits;
  }
  return best;
}

/** Characters to insert, remove or replace, to get from one text to the other. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const replaced = (row[at] ?? 0) + (character === to[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
