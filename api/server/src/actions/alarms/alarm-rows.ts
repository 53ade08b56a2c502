import type { ListAlarmsInput } from '@kubeplant/api-client';
import type { AlarmState } from '@kubeplant/engine';
import { type AlarmStateName, PRIORITIES, type Priority } from '@kubeplant/words';
import type { ScopedClient } from '../../ports.ts';
import { microsSql } from '../../store/micros.ts';

/** A state and where it is. */
export interface PlacedAlarm {
  readonly tenant: string;
  readonly site: string;
  readonly state: AlarmState;
}

/** States an operator must see. */
const standing: readonly AlarmStateName[] = ['UNACK', 'ACKED', 'RTNUN', 'LUNACK', 'LACKED'];

/** The shown state, as the engine derives it. */
const shown = `CASE WHEN NOT active AND (acknowledged OR occurrence = '') THEN 'NORM' WHEN suppressed THEN 'DSUPR'
  WHEN active THEN CASE WHEN acknowledged THEN 'ACKED' ELSE 'UNACK' END ELSE 'RTNUN' END`;
const rank = `array_position(ARRAY['${PRIORITIES.join("', '")}'], priority)`;

const columns = `tenant, site, json_strip_nulls(json_build_object('id', id, 'ruleUid', rule_uid, 'rule', rule, 'device', device, 'tag', tag,
  'limit', limit_name, 'priority', priority, 'active', active, 'acknowledged', acknowledged, 'suppressed', suppressed, 'occurrence', occurrence,
  'version', version, 'activeTimeUs', ${microsSql('active_time')}, 'clearedTimeUs', ${microsSql('cleared_time')},
  'acknowledgedTimeUs', ${microsSql('acknowledged_time')}, 'acknowledgedBy', acknowledged_by, 'comment', comment,
  'value', CASE WHEN value = 'NaN' OR abs(value) = 'Infinity' THEN NULL ELSE value END, 'message', message, 'simulated', simulated)) AS state`;

const orders: Record<NonNullable<ListAlarmsInput['sort']>, readonly string[]> = {
  urgency: ['acknowledged', `${rank} DESC`, 'active_time DESC NULLS LAST'],
  activeTime: ['active_time'],
  priority: [rank, 'active_time'],
  state: [shown, 'active_time'],
  device: ['device', 'tag'],
  site: ['site', 'device'],
};

/** A page of alarms that the scope sees. */
export async function selectAlarms(
  client: ScopedClient,
  input: ListAlarmsInput,
  tenant: string | undefined,
): Promise<{ rows: PlacedAlarm[]; total: number }> {
  const { site, device, tag, rule, state, priority, q, sort = 'urgency', order, limit = 25, offset = 0 } = input;
  const where = `shown = ANY($1) AND ($2::text[] IS NULL OR priority = ANY($2)) AND ($3::text IS NULL OR tenant = $3) AND ($4::text IS NULL OR site = $4)
    AND ($5::text IS NULL OR device = $5) AND ($6::text IS NULL OR tag = $6) AND ($7::text IS NULL OR rule = $7)
    AND NOT EXISTS (SELECT FROM unnest($8::text[]) AS word WHERE position(word IN lower(concat_ws(' ', site, device, tag, rule, message))) = 0)`;
  const words = q === undefined ? [] : q.toLowerCase().split(/\s+/).filter(Boolean);
  const values = [state ?? standing, priority ?? null, tenant ?? null, site ?? null, device ?? null, tag ?? null, rule ?? null, words];
  const from = `FROM (SELECT *, ${shown} AS shown FROM alarm_state) AS alarm WHERE ${where}`;
  const page = `SELECT ${columns} ${from} ORDER BY ${toOrder(sort, order)} LIMIT $9 OFFSET $10`;
  const total = await client.query<{ total: number }>({ text: `SELECT count(*)::int4 AS total ${from}`, values });
  const rows = await client.query<PlacedAlarm>({ text: page, values: [...values, limit, offset] });
  return { rows: rows.rows, total: total.rows[0]?.total ?? 0 };
}

/** Alarms by id that the scope sees. */
export async function findAlarms(client: ScopedClient, ids: readonly string[]): Promise<PlacedAlarm[]> {
  return (await client.query<PlacedAlarm>({ text: `SELECT ${columns} FROM alarm_state WHERE id = ANY($1)`, values: [ids] })).rows;
}

/** Every alarm an operator must see; the snapshot of a live connection. */
export async function standingAlarms(client: ScopedClient): Promise<PlacedAlarm[]> {
  const text = `SELECT ${columns} FROM (SELECT *, ${shown} AS shown FROM alarm_state) AS alarm WHERE shown = ANY($1) ORDER BY ${toOrder('urgency', undefined)} LIMIT 5000`;
  return (await client.query<PlacedAlarm>({ text, values: [standing] })).rows;
}

/** Alarms of one priority in one or more sites. */
export interface AlarmCount {
  readonly priority: Priority;
  readonly active: number;
  readonly unacknowledged: number;
  readonly total: number;
}

/** Standing alarms of these sites by priority. */
export async function countAlarms(
  client: ScopedClient,
  sites: readonly { readonly tenant: string; readonly site: string }[],
): Promise<ReadonlyMap<Priority, AlarmCount>> {
  const text = `SELECT priority, count(*) FILTER (WHERE active)::int4 AS active, count(*) FILTER (WHERE NOT acknowledged)::int4 AS unacknowledged, count(*)::int4 AS total
    FROM alarm_state JOIN unnest($2::text[], $3::text[]) AS wanted(tenant, site) USING (tenant, site) WHERE ${shown} = ANY($1) GROUP BY priority`;
  const values = [standing, sites.map((site) => site.tenant), sites.map((site) => site.site)];
  const found = await client.query<AlarmCount>({ text, values });
  return new Map(found.rows.map((row) => [row.priority, row]));
}

/** `order` turns the first key; urgency already says the direction of each. */
function toOrder(sort: NonNullable<ListAlarmsInput['sort']>, order: ListAlarmsInput['order']): string {
  const keys = orders[sort];
  if (sort === 'urgency') return `${order === 'desc' ? keys.map(turned).join(', ') : keys.join(', ')}, id`;
  const direction = order ?? (sort === 'activeTime' || sort === 'priority' ? 'desc' : 'asc');
  return `${keys.map((key) => `${key} ${direction} NULLS LAST`).join(', ')}, id`;
}

const turned = (key: string): string => (key.includes(' DESC') ? key.replace(' DESC NULLS LAST', '').replace(' DESC', '') : `${key} DESC`);
