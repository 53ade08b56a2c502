import { ExportReadingsInput } from '@kubeplant/api-client/schemas';
import { type ActionContext, defineStream, identityOf, type StreamedOutput } from '../action.ts';
import { csvHeader, formatCsv } from './csv.ts';
import { findTag, unitOf } from './find-tag.ts';
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
        await send(csvHeader);
        for (const key of keys) {
          const tag = await findTag(ctx, client, key);
          if (tag === undefined) continue;
          const series = { path: `${key.namespace}/${key.device}/${key.tag}`, unit: unitOf(ctx, key), tag };
          for await (const readings of ctx.readings.stream(client, tag, range)) await send(formatCsv(readings, series));
        }
      }),
  };
}
