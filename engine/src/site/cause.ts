/** What causes the transitions of the moment. Its text is built only when one happens. */
export interface Cause {
  /** Ready text; undefined: `run:seq:row`. */
  text: string | undefined;
  run: string;
  seq: number;
  row: number;
}

/** No cause yet. */
export const createCause = (text = ''): Cause => ({ text, run: '', seq: 0, row: 0 });

/** `run:seq:row`, or the text it was given. */
export const causeText = ({ text, run, seq, row }: Cause): string => text ?? `${run}:${seq}:${row}`;

/** Keep a cause beyond the moment. */
export function copyCause(from: Cause, to: Cause): void {
  to.text = from.text;
  to.run = from.run;
  to.seq = from.seq;
  to.row = from.row;
}

const LATE = 'late:';

/** Cause of what is found in a late reading: the same whenever it is looked for. */
export const lateCause = (device: string, tag: string, timeUs: number): string => `${LATE}${device}/${tag}:${timeUs}`;

export const isLateCause = (text: string): boolean => text.startsWith(LATE);
