import { ExportKey, Nothing } from '@kubeplant/api-client/schemas';
import { deleteExport as remove } from '../../exports/export-rows.ts';
import { defineAction } from '../action.ts';
import { ownExport } from './export-view.ts';

export const deleteExport = defineAction({
  name: 'exports.delete',
  summary: 'Delete an export and its file',
  permission: 'read',
  input: ExportKey,
  output: Nothing,
  run: (ctx, { id }) =>
    ctx.inScope(async (client) => {
      const { userId } = await ownExport(ctx, client, id);
      await remove(client, userId, id);
      return {};
    }),
});
