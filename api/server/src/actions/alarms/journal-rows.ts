import type { ListJournalInput as Input } from '@kubeplant/api-client';
import type { AlarmTransition } from '@kubeplant/engine';
import type { ScopedClient } from '../../ports.ts';
import { microsSql } from '../../store/micros.ts';
import { toSeriesValues } from '../cursor.ts';

/** A row of the journal and where it is. */
export interface TransitionRow {
  readonly tenant: string;
  readonly site: string;
  readonly seq: string;
  readonly transition: AlarmTransition;
}

const select = `SELECT tenant, site, seq, json_strip_nulls(json_build_object('id', id, 'alarm', alarm, 'ruleUid', rule_uid, 'rule', rule, 'device', device,
  'tag', tag, 'limit', limit_name, 'priority', priority, 'occurrence', occurrence, 'kind', kind, 'state', state, 'timeUs', ${microsSql('time')},
  'value', CASE WHEN value = 'NaN' OR abs(value) = 'Infinity' THEN NULL ELSE value END, 'status', status, 'message', message, 'user', user_name,
  'comment', comment, 'cause', cause, 'simulated', simulated, 'late', late)) AS transition
FROM alarm_transition
WHERE ($1::timestamptz IS NULL OR time >= $1) AND ($2::timestamptz IS NULL OR time < $2) AND ($3::timestamptz IS NULL OR (time, seq) < ($3, $4::int8))
  AND ($5::text IS NULL OR tenant = $5) AND ($6::text IS NULL OR site = $6) AND ($7::text IS NULL OR device = $7) AND ($8::text IS NULL OR tag = $8)
  AND ($9::text IS NULL OR rule = $9) AND ($10::text IS NULL OR alarm = $10) AND ($11::text[] IS NULL OR kind = ANY($11))
  AND ($12::text[] IS NULL OR priority = ANY($12))
ORDER BY time DESC, seq DESC LIMIT $13`;

/** Rows of the journal that the scope sees, newest first. */
export async function selectTransitions(
  client: ScopedClient,
  input: Input,
  tenant: string | undefined,
  limit: number,
): Promise<TransitionRow[]> {
  const { site, device, tag, rule, alarm, kind, priority } = input;
  const filters = [tenant, site, device, tag, rule, alarm, kind, priority].map((value) => value ?? null);
  return (await client.query<TransitionRow>({ text: select, values: [...toSeriesValues(input), ...filters, limit] })).rows;
}
