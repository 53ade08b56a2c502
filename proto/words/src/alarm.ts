/** Priority of an alarm, least first. `Journal` is recorded and never announced. */
export const PRIORITIES = ['Journal', 'Low', 'Medium', 'High', 'Critical'] as const;
/** Priority of an alarm. */
export type Priority = (typeof PRIORITIES)[number];

/** Severity for OPC UA Part 9 (1…1000) by priority. */
export const SEVERITY: Readonly<Record<Priority, number>> = { Journal: 100, Low: 200, Medium: 400, High: 700, Critical: 900 };

/** Shown state of an alarm, ISA-18.2 mnemonics; derived, never stored alone. */
export const ALARM_STATES = ['NORM', 'UNACK', 'ACKED', 'RTNUN', 'LUNACK', 'LACKED', 'SHLVD', 'DSUPR', 'OOSRV'] as const;
/** Shown state of an alarm. */
export type AlarmStateName = (typeof ALARM_STATES)[number];

/** Kinds of journal rows. */
export const TRANSITION_KINDS = ['Active', 'Cleared', 'Acknowledged', 'Commented', 'Retired'] as const;
/** Kind of a journal row: what happened to the alarm. `Retired`: its rule or tag was removed while it stood. */
export type TransitionKind = (typeof TRANSITION_KINDS)[number];

/** Which limit of a rule an alarm belongs to; `Condition` for rules without limits, `Communication` for the built-in alarm. */
export const LIMIT_NAMES = ['highHigh', 'high', 'low', 'lowLow', 'condition', 'communication'] as const;
/** Which limit of a rule an alarm belongs to. */
export type LimitName = (typeof LIMIT_NAMES)[number];
