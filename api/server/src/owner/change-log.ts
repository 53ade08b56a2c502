import type { AlarmState, AlarmTransition, EngineChanges } from '@kubeplant/engine';
import type { Shown } from './batch.ts';
import type { EventRow } from './prepared.ts';

/** Rows of the journal that are kept until they can be written. */
const MAX_TRANSITIONS = 20_000;

/** What the engine changed since the last commit was cut: of each alarm the newest state, and the journal. */
export interface ChangeLog {
  /** Add a step; returned is what may be shown of it, because it will be recorded. */
  add(changes: EngineChanges): Pick<Shown, 'states' | 'transitions'>;
  /** Journalled when there were more changes than are kept. */
  lossEvents(): EventRow[];
  take(): EngineChanges;
}

export function createChangeLog(): ChangeLog {
  let states = new Map<string, AlarmState>();
  let removed = new Set<string>();
  let transitions: AlarmTransition[] = [];
  let lost = 0;
  let lostUs = 0;
  return {
    add: (changes) => {
      for (const id of changes.removed) {
        states.delete(id);
        removed.add(id);
      }
      for (const state of changes.states) {
        removed.delete(state.id);
        states.set(state.id, state);
      }
      if (transitions.length > 0 && transitions.length + changes.transitions.length > MAX_TRANSITIONS) {
        lost += changes.transitions.length;
        lostUs = changes.transitions.at(-1)?.timeUs ?? lostUs;
        return { states: changes.states, transitions: [] };
      }
      transitions = transitions.length === 0 ? [...changes.transitions] : transitions.concat(changes.transitions);
      return { states: changes.states, transitions: changes.transitions };
    },
    lossEvents: () => {
      if (lost === 0) return [];
      const message = `${lost} changes of alarms are not in the journal: more than ${MAX_TRANSITIONS} came while the database was away`;
      const events = [{ timeUs: lostUs, kind: 'JournalIncomplete', message, details: { transitions: lost } }];
      lost = 0;
      return events;
    },
    take: () => {
      const taken = { states: [...states.values()], removed: [...removed], transitions };
      states = new Map();
      removed = new Set();
      transitions = [];
      return taken;
    },
  };
}
