import type { AlarmState, AlarmTransition } from '@kubeplant/engine';
import type { LimitName, Priority } from '@kubeplant/words';
import type { ScopedClient } from '../ports.ts';
import { microsSql, toTimestamp } from '../store/micros.ts';

/** PostgreSQL's text holds no NUL. */
const clean = (text: string): string => text.replaceAll('\0', '');
const cleanOrNull = (text: string | undefined): string | null => (text === undefined ? null : clean(text));
const timeOrNull = (timeUs: number | undefined): string | null => (timeUs === undefined ? null : toTimestamp(timeUs));

/** A column of a table: name, type, and what of an object goes in. */
type Column<T> = readonly [name: string, type: string, of: (row: T) => unknown];

const STATE: readonly Column<AlarmState>[] = [
  ['id', 'text', (row) => row.id],
  ['rule_uid', 'text', (row) => row.ruleUid],
  ['rule', 'text', (row) => row.rule],
  ['device', 'text', (row) => row.device],
  ['tag', 'text', (row) => row.tag],
  ['limit_name', 'text', (row) => row.limit],
  ['priority', 'text', (row) => row.priority],
  ['active', 'boolean', (row) => row.active],
  ['acknowledged', 'boolean', (row) => row.acknowledged],
  ['suppressed', 'boolean', (row) => row.suppressed],
  ['occurrence', 'text', (row) => row.occurrence],
  ['version', 'int8', (row) => row.version],
  ['active_time', 'timestamptz', (row) => timeOrNull(row.activeTimeUs)],
  ['cleared_time', 'timestamptz', (row) => timeOrNull(row.clearedTimeUs)],
  ['acknowledged_time', 'timestamptz', (row) => timeOrNull(row.acknowledgedTimeUs)],
  ['acknowledged_by', 'text', (row) => cleanOrNull(row.acknowledgedBy)],
  ['comment', 'text', (row) => cleanOrNull(row.comment)],
  ['value', 'float8', (row) => row.value ?? null],
  ['message', 'text', (row) => clean(row.message)],
  ['pending', 'text', (row) => row.pending ?? null],
  ['pending_since', 'timestamptz', (row) => timeOrNull(row.pendingSinceUs)],
  ['simulated', 'boolean', (row) => row.simulated],
];

const TRANSITION: readonly Column<AlarmTransition>[] = [
  ['id', 'text', (row) => row.id],
  ['alarm', 'text', (row) => row.alarm],
  ['rule_uid', 'text', (row) => row.ruleUid],
  ['rule', 'text', (row) => row.rule],
  ['device', 'text', (row) => row.device],
  ['tag', 'text', (row) => row.tag],
  ['limit_name', 'text', (row) => row.limit],
  ['priority', 'text', (row) => row.priority],
  ['occurrence', 'text', (row) => row.occurrence],
  ['kind', 'text', (row) => row.kind],
  ['state', 'text', (row) => row.state],
  ['time', 'timestamptz', (row) => toTimestamp(row.timeUs)],
  ['value', 'float8', (row) => row.value ?? null],
  ['status', 'int4', (row) => row.status ?? null],
  ['message', 'text', (row) => clean(row.message)],
  ['user_name', 'text', (row) => cleanOrNull(row.user)],
  ['comment', 'text', (row) => cleanOrNull(row.comment)],
  ['cause', 'text', (row) => row.cause],
  ['simulated', 'boolean', (row) => row.simulated],
  ['late', 'boolean', (row) => row.late],
];

function insertSql<T>(table: string, columns: readonly Column<T>[]): string {
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ');
  return `INSERT INTO ${table} (tenant, site, ${names}) SELECT $1, $2, rows.* FROM unnest(${arrays}) AS rows`;
}

const updates = STATE.map(([name]) => `${name} = excluded.${name}`).join(', ');
const WRITE_STATES = `${insertSql('alarm_state', STATE)} ON CONFLICT (tenant, site, id) DO UPDATE SET ${updates}`;
/** Replayed blocks make the same transitions with the same ids: recorded once. */
const WRITE_TRANSITIONS = `${insertSql('alarm_transition', TRANSITION)} ON CONFLICT DO NOTHING`;

interface Place {
  readonly tenant: string;
  readonly site: string;
}

const valuesOf = <T>(place: Place, columns: readonly Column<T>[], rows: readonly T[]): unknown[] => [
  place.tenant,
  place.site,
  ...columns.map(([, , of]) => rows.map(of)),
];

export async function writeAlarmStates(client: ScopedClient, place: Place, states: readonly AlarmState[]): Promise<void> {
  if (states.length > 0) await client.query({ name: 'write-alarm-states', text: WRITE_STATES, values: valuesOf(place, STATE, states) });
}

export async function writeTransitions(client: ScopedClient, place: Place, transitions: readonly AlarmTransition[]): Promise<void> {
  if (transitions.length > 0)
    await client.query({ name: 'write-transitions', text: WRITE_TRANSITIONS, values: valuesOf(place, TRANSITION, transitions) });
}

export async function removeAlarmStates(client: ScopedClient, place: Place, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await client.query('DELETE FROM alarm_state WHERE tenant = $1 AND site = $2 AND id = ANY($3)', [place.tenant, place.site, ids]);
}

interface StateRow extends Omit<AlarmState, 'ruleUid' | 'limit' | 'version' | 'activeTimeUs'> {
  readonly rule_uid: string;
  readonly limit_name: LimitName;
  readonly priority: Priority;
  readonly version_number: number;
  readonly active_us: number | null;
  readonly cleared_us: number | null;
  readonly acknowledged_us: number | null;
  readonly acknowledged_by: string | null;
  readonly pending_us: number | null;
}

const READ_STATES = `
SELECT id, rule_uid, rule, device, tag, limit_name, priority, active, acknowledged, suppressed, occurrence, version::float8 AS version_number,
  ${microsSql('active_time')} AS active_us, ${microsSql('cleared_time')} AS cleared_us, ${microsSql('acknowledged_time')} AS acknowledged_us,
  acknowledged_by, comment, value, message, pending, ${microsSql('pending_since')} AS pending_us, simulated
FROM alarm_state WHERE tenant = $1 AND site = $2`;

/** Alarms of a site as last committed, pending delays included. */
export async function readAlarmStates(client: ScopedClient, place: Place): Promise<AlarmState[]> {
  const found = await client.query<StateRow>(READ_STATES, [place.tenant, place.site]);
  return found.rows.map(toState);
}

function toState(row: StateRow): AlarmState {
  const { id, rule, device, tag, priority, active, acknowledged, suppressed, occurrence, message, simulated } = row;
  return {
    id,
    rule,
    device,
    tag,
    priority,
    active,
    acknowledged,
    suppressed,
    occurrence,
    message,
    simulated,
    ruleUid: row.rule_uid,
    limit: row.limit_name,
    version: row.version_number,
    ...present('activeTimeUs', row.active_us),
    ...present('clearedTimeUs', row.cleared_us),
    ...present('acknowledgedTimeUs', row.acknowledged_us),
    ...present('acknowledgedBy', row.acknowledged_by),
    ...present('comment', row.comment),
    ...present('value', row.value),
    ...present('pending', row.pending),
    ...present('pendingSinceUs', row.pending_us),
  };
}

/** SQL's null is an absent member. */
function present<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [P in K]: V }); // a computed key widens to string
}
