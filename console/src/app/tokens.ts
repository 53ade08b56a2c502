import type { AlarmStateName, Priority } from '@kubeplant/words';

/** Colours of one mode. Everything normal is grey; colour is for what is not normal. */
export interface Tokens {
  readonly ground: string;
  readonly surface: string;
  readonly bar: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly priority: Readonly<Record<Priority, string>>;
  readonly onPriority: string;
  readonly bad: string;
  readonly uncertain: string;
  readonly simulated: string;
  /** Pens of a trend; told apart by their dashes too. */
  readonly pens: readonly string[];
}

export const LIGHT: Tokens = {
  ground: '#e9ecee',
  surface: '#f8f9f9',
  bar: '#2e3d47',
  text: '#1d252a',
  muted: '#566169',
  line: '#cdd4d8',
  accent: '#33566a',
  priority: { Critical: '#b0121b', High: '#b84d00', Medium: '#7d6200', Low: '#23678c', Journal: '#566169' },
  onPriority: '#ffffff',
  bad: '#a3195b',
  uncertain: '#7a4f9e',
  simulated: '#1e6e68',
  pens: ['#1f5f8b', '#b84d00', '#2f7d4f', '#8b3a8f', '#7d6200', '#a3195b', '#3c4a53', '#2a8a8a'],
};

export const DARK: Tokens = {
  ground: '#14181b',
  surface: '#1c2125',
  bar: '#20282d',
  text: '#dde3e6',
  muted: '#98a4ab',
  line: '#363f45',
  accent: '#93b9cc',
  priority: { Critical: '#ff7075', High: '#ff9f52', Medium: '#e2c443', Low: '#74b9dc', Journal: '#98a4ab' },
  onPriority: '#14181b',
  bad: '#ff85b8',
  uncertain: '#c9a2e8',
  simulated: '#63c9bf',
  pens: ['#74b9dc', '#ff9f52', '#78c796', '#d79bdb', '#e2c443', '#ff85b8', '#b3bfc6', '#63c9bf'],
};

/** Words for the shown state of an alarm (ISA-18.2). */
export const STATE_WORDS: Readonly<Record<AlarmStateName, string>> = {
  NORM: 'Normal',
  UNACK: 'Unacknowledged',
  ACKED: 'Acknowledged',
  RTNUN: 'Returned, unacknowledged',
  LUNACK: 'Latched, unacknowledged',
  LACKED: 'Latched, acknowledged',
  SHLVD: 'Shelved',
  DSUPR: 'Suppressed by design',
  OOSRV: 'Out of service',
};
