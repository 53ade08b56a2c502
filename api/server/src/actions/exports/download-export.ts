import { Download, ExportKey } from '@kubeplant/api-client/schemas';
import { defineAction, identityOf } from '../action.ts';
import { DOWNLOAD_S } from '../history/download-shelf.ts';
import { readableExport } from './export-view.ts';

export const downloadExport = defineAction({
  name: 'exports.download',
  summary: 'Make an address at which a browser can save the file of an export, once',
  permission: 'read',
  input: ExportKey,
  output: Download,
  run: async (ctx, { id }) => {
    await ctx.inScope((client) => readableExport(ctx, client, id));
    const key = ctx.downloads.put({ kind: 'export', identity: identityOf(ctx), id });
    return { url: `/api/v1/downloads/${key}`, expiresIn: DOWNLOAD_S };
  },
});
