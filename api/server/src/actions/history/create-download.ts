import { CreateDownloadInput, Download } from '@kubeplant/api-client/schemas';
import { parseTagPath } from '@kubeplant/words';
import { defineAction, identityOf } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { DOWNLOAD_S } from './download-shelf.ts';
import { findTag } from './find-tag.ts';
import { toRange } from './range.ts';

export const createDownload = defineAction({
  name: 'downloads.create',
  summary: 'Make an address at which a browser can save readings as CSV, once',
  permission: 'read',
  input: CreateDownloadInput,
  output: Download,
  run: async (ctx, { tags, origin, ...times }) => {
    const range = toRange(times, ctx.now());
    const keys = tags.map((path) => {
      const parsed = parseTagPath(path);
      if (parsed === undefined) throw invalidInput([{ field: 'tags', message: `has ${path}, which is not namespace/device/tag` }]);
      return origin === undefined ? parsed : { ...parsed, origin };
    });
    await ctx.inScope(async (client) => {
      for (const key of keys) await findTag(ctx, client, key);
    });
    const key = ctx.downloads.put({ kind: 'readings', identity: identityOf(ctx), keys, range });
    return { url: `/api/v1/downloads/${key}`, expiresIn: DOWNLOAD_S };
  },
});
