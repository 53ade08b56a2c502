import { EventPage, ListEventsInput } from '@kubeplant/api-client/schemas';
import { toNamespace, toTenant } from '../../auth/identity.ts';
import { microsSql } from '../../store/micros.ts';
import { defineAction } from '../action.ts';
import { formatCursor, toSeriesValues } from '../cursor.ts';
import { formatTime } from '../time.ts';

interface EventRow {
  readonly seq: string;
  readonly timeUs: number;
  readonly tenant: string;
  readonly site: string;
  readonly device: string | null;
  readonly kind: string;
  readonly message: string;
  readonly user: string | null;
}

const select = `SELECT event_id AS seq, ${microsSql('time')} AS "timeUs", tenant, site, device, kind, message, user_name AS "user" FROM event
WHERE ($1::timestamptz IS NULL OR time >= $1) AND ($2::timestamptz IS NULL OR time < $2) AND ($3::timestamptz IS NULL OR (time, event_id) < ($3, $4::int8))
  AND ($5::text IS NULL OR tenant = $5) AND ($6::text IS NULL OR site = $6) AND ($7::text IS NULL OR device = $7) AND ($8::text IS NULL OR kind = $8)
ORDER BY time DESC, event_id DESC LIMIT $9`;

export const listEvents = defineAction({
  name: 'events.list',
  summary: 'List the sequence of events, newest first',
  permission: 'read',
  input: ListEventsInput,
  output: EventPage,
  run: async (ctx, input) => {
    const { limit = 100, namespace, site, device, kind } = input;
    const tenant = namespace === undefined ? null : toTenant(ctx.cluster, namespace);
    const values = [...toSeriesValues(input), tenant, site ?? null, device ?? null, kind ?? null, limit + 1];
    const { rows } = await ctx.inScope((client) => client.query<EventRow>({ text: select, values }));
    const items = rows.slice(0, limit).map(toEvent);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return last === undefined ? { items } : { items, nextCursor: formatCursor(last) };
  },
});

function toEvent({ seq, timeUs, tenant, site, device, kind, message, user }: EventRow) {
  return {
    id: seq,
    time: formatTime(timeUs),
    namespace: toNamespace(tenant),
    site,
    ...(device === null ? {} : { device }),
    kind,
    message,
    ...(user === null ? {} : { user }),
  };
}
