import { ExportList, ListExportsInput } from '@kubeplant/api-client/schemas';
import { listOwn } from '../../exports/export-rows.ts';
import { defineAction, identityOf } from '../action.ts';
import { toExport } from './export-view.ts';

export const listExports = defineAction({
  name: 'exports.list',
  summary: 'List your exports, newest first',
  permission: 'read',
  input: ListExportsInput,
  output: ExportList,
  run: async (ctx, { limit = 25, offset = 0 }) => {
    const rows = await ctx.inScope((client) => listOwn(client, identityOf(ctx).userId, ctx.now() * 1000));
    return { items: rows.slice(offset, offset + limit).map(toExport), total: rows.length };
  },
});
