import { JournalPage, ListJournalInput } from '@kubeplant/api-client/schemas';
import { toTenant } from '../../auth/identity.ts';
import { defineAction } from '../action.ts';
import { formatCursor } from '../cursor.ts';
import { toJournalEntry } from './alarm-view.ts';
import { selectTransitions } from './journal-rows.ts';

export const listJournal = defineAction({
  name: 'alarm-journal.list',
  summary: 'List what happened to alarms, newest first',
  permission: 'read',
  input: ListJournalInput,
  output: JournalPage,
  run: async (ctx, input) => {
    const { limit = 100 } = input;
    const tenant = input.namespace === undefined ? undefined : toTenant(ctx.cluster, input.namespace);
    const rows = await ctx.inScope((client) => selectTransitions(client, input, tenant, limit + 1));
    const items = rows.slice(0, limit).map((row) => toJournalEntry(row, ctx.sites.model(row.tenant, row.site)));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return last === undefined ? { items } : { items, nextCursor: formatCursor({ timeUs: last.transition.timeUs, seq: last.seq }) };
  },
});
