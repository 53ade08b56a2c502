import { ExportReadingsInput } from '@kubeplant/api-client/schemas';
import { readExportedSeries } from '../../exports/exported-series.ts';
import { CSV_HEADER, createCsvFormat } from '../../exports/format-csv.ts';
import { type ActionContext, defineStream, identityOf, type StreamedOutput } from '../action.ts';
import { findTag } from './find-tag.ts';
import type { SeriesKey } from './series-key.ts';
import { type Range, toRange } from './range.ts';

export const exportReadings = defineStream({
  name: 'readings.export',
  summary: 'Export the history of a tag as CSV',
  permission: 'read',
  input: ExportReadingsInput,
  run: async (ctx, input) => {
    const range = toRange(input, ctx.now());
    await ctx.inScope((client) => findTag(ctx, client, input)); // 404 before the first byte
    return streamSeries(ctx, [input], range);
  },
});

/** CSV of series one after the other, read through a cursor: memory for one chunk, however long the range. */
export function streamSeries(ctx: ActionContext, keys: readonly SeriesKey[], range: Range): StreamedOutput {
  const name = keys.length === 1 ? `${keys[0]?.device}-${keys[0]?.tag}` : 'readings';
  return {
    user: identityOf(ctx).userId,
    contentType: 'text/csv; charset=utf-8; header=present',
    fileName: `${name.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.csv`,
    write: (send) =>
      ctx.inScope(async (client) => {
        await send(CSV_HEADER);
        for (const key of keys) {
          const tag = await findTag(ctx, client, key);
          if (tag === undefined) continue;
          const path = `${key.namespace}/${key.device}/${key.tag}`;
          const format = createCsvFormat(await readExportedSeries({ client, readings: ctx.readings }, tag, path));
          for await (const readings of ctx.readings.stream(client, tag, range)) await send(format(readings));
        }
      }),
  };
}
