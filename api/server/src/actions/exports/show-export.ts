import { Export, ExportKey } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { ownExport, toExport } from './export-view.ts';

export const showExport = defineAction({
  name: 'exports.show',
  summary: 'Show how far an export is',
  permission: 'read',
  input: ExportKey,
  output: Export,
  run: async (ctx, { id }) => toExport(await ctx.inScope((client) => ownExport(ctx, client, id))),
});
