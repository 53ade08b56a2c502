import { Export, ExportKey } from '@kubeplant/api-client/schemas';
import { cancelExport as cancel } from '../../exports/export-rows.ts';
import { defineAction, identityOf } from '../action.ts';
import { ownExport, toExport } from './export-view.ts';

export const cancelExport = defineAction({
  name: 'exports.cancel',
  summary: 'Cancel an export that is not written yet; one that has ended stays as it is',
  permission: 'read',
  input: ExportKey,
  output: Export,
  run: (ctx, { id }) =>
    ctx.inScope(async (client) => {
      await cancel(client, identityOf(ctx).userId, id, ctx.now() * 1000);
      return toExport(await ownExport(ctx, client, id));
    }),
});
