import type { ExportJournalInput as Input } from '@kubeplant/api-client';
import { ExportJournalInput } from '@kubeplant/api-client/schemas';
import { toTenant } from '../../auth/identity.ts';
import { type ActionContext, defineStream, identityOf } from '../action.ts';
import { formatCursor, toSeriesValues } from '../cursor.ts';
import { toJournalEntry } from './alarm-view.ts';
import { formatJournalCsv, journalCsvHeader } from './journal-csv.ts';
import { selectTransitions, type TransitionRow } from './journal-rows.ts';

/** Rows read at once: no transaction is open while the reader takes them. */
const rowsAtOnce = 2000;

export const exportJournal = defineStream({
  name: 'alarm-journal.export',
  summary: 'Export what happened to alarms as CSV, newest first',
  permission: 'read',
  input: ExportJournalInput,
  run: async (ctx, input) => {
    toSeriesValues(input); // a time that does not exist is refused before the first byte
    return {
      user: identityOf(ctx).userId,
      contentType: 'text/csv; charset=utf-8; header=present',
      fileName: 'alarm-journal.csv',
      write: async (send) => {
        await send(journalCsvHeader);
        for await (const rows of readPages(ctx, input))
          await send(formatJournalCsv(rows.map((row) => toJournalEntry(row, ctx.sites.model(row.tenant, row.site)))));
      },
    };
  },
});

async function* readPages(ctx: ActionContext, input: Input): AsyncGenerator<TransitionRow[]> {
  const tenant = input.namespace === undefined ? undefined : toTenant(ctx.cluster, input.namespace);
  let cursor: string | undefined;
  do {
    const page = cursor === undefined ? input : { ...input, cursor };
    const rows = await ctx.inScope((client) => selectTransitions(client, page, tenant, rowsAtOnce));
    yield rows;
    const last = rows.at(-1);
    cursor = last === undefined ? undefined : formatCursor({ timeUs: last.transition.timeUs, seq: last.seq });
    if (rows.length < rowsAtOnce) return;
  } while (cursor !== undefined);
}
