import type { EventRow } from './prepared.ts';

/** Events that are kept until they can be written. */
const MAX_EVENTS = 10_000;

/** Events for the journal since the last commit was cut. */
export interface EventLog {
  add(events: readonly EventRow[]): void;
  /** With one that says how many there were no room for. */
  take(nowUs: number): EventRow[];
}

export function createEventLog(): EventLog {
  let kept: EventRow[] = [];
  let lost = 0;
  return {
    add: (events) => {
      const room = MAX_EVENTS - kept.length;
      kept.push(...events.slice(0, room));
      lost += Math.max(0, events.length - room);
    },
    take: (nowUs) => {
      const taken = kept;
      if (lost > 0) {
        const message = `${lost} events are not in the journal: more than ${MAX_EVENTS} came while the database was away`;
        taken.push({ timeUs: nowUs, kind: 'JournalIncomplete', message, details: { events: lost } });
      }
      kept = [];
      lost = 0;
      return taken;
    },
  };
}
