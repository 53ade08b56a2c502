import { lateCause } from '../site/cause.ts';
import { occurrenceId, transitionId } from '../alarms/alarm-id.ts';
import type { AlarmTransition, LateFindings } from '../types.ts';
import type { JournalMark } from './create-late-course.ts';

/** One alarm, as the history has it beside how it was judged when the readings came. */
export interface LateTrack {
  /** Occurrence with which it was active then. */
  live: string | undefined;
  /** Whether it is active by the last row of the journal, late ones too. */
  recorded: boolean;
  /** Occurrence with which the history has it active. */
  occurrence: string | undefined;
  /** It came in the history, and whether that is part of an occurrence that is known is not clear yet. */
  held: AlarmTransition | undefined;
}

/** What was found and not taken yet. */
export type Found = { -readonly [K in 'transitions' | 'joined' | 'passed']: [...LateFindings[K]] };

/** A row of the journal as it was written: what has come in the history meanwhile is the same occurrence. */
export function followJournal(track: LateTrack, row: JournalMark, found: Found): void {
  if (row.kind === 'Active') joinHeld(track, row.occurrence, found);
  track.recorded = row.kind === 'Active';
  if (!row.late) track.live = row.kind === 'Active' ? row.occurrence : undefined;
}

/** Where nothing came late: the history has it as the journal has it. */
export function obeyJournal(track: LateTrack, row: JournalMark): void {
  track.recorded = row.kind === 'Active';
  if (!row.late) track.live = row.kind === 'Active' ? row.occurrence : undefined;
  if (row.byClock) return;
  track.occurrence = row.kind === 'Active' ? row.occurrence : undefined;
  track.held = undefined;
}

/** What the history makes of it. `known`: the journal has it already. */
export function followHistory(track: LateTrack, row: AlarmTransition, known: JournalMark | undefined, found: Found): void {
  if (row.kind === 'Active') {
    track.occurrence = known?.occurrence;
    track.held = known === undefined ? row : undefined;
    return;
  }
  if (known !== undefined) joinHeld(track, known.occurrence, found);
  else if (track.held !== undefined) passHeld(track.held, row, found);
  else if (track.occurrence !== undefined) found.transitions.push(identify(row, track.occurrence));
  track.occurrence = undefined;
  track.held = undefined;
}

/** It came earlier than was known then: one alarm. */
export function joinHeld(track: LateTrack, occurrence: string, found: Found): void {
  const { held } = track;
  if (held === undefined) return;
  track.held = undefined;
  track.occurrence = occurrence;
  found.transitions.push(identify(held, occurrence));
  found.joined.push({ alarm: held.alarm, occurrence, activeTimeUs: held.timeUs });
}

/** It came and went, and nobody knew. */
function passHeld(coming: AlarmTransition, going: AlarmTransition, found: Found): void {
  const active = identify(coming);
  const cleared = identify(going, active.occurrence);
  found.transitions.push(active, cleared);
  found.passed = [...found.passed.filter(({ active: { alarm } }) => alarm !== coming.alarm), { active, cleared }];
}

/** The row as the journal gets it: the same ids whenever it is found. */
export function identify(row: AlarmTransition, known?: string): AlarmTransition {
  const { alarm, device, tag, kind, timeUs } = row;
  const cause = lateCause(device, tag, timeUs);
  const occurrence = known ?? occurrenceId(alarm, '', timeUs, cause);
  return { ...row, occurrence, cause, id: transitionId(alarm, occurrence, kind, cause), late: true };
}
