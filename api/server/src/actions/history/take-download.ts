import { DownloadKey } from '@kubeplant/api-client/schemas';
import { toScope } from '../../auth/identity.ts';
import { defineStream } from '../action.ts';
import { notFound } from '../action-error.ts';
import { streamSeries } from './export-readings.ts';

/** Public: the address itself is the permission, bound to who asked for it, good once and for a minute. */
export const takeDownload = defineStream({
  name: 'downloads.take',
  summary: 'Fetch a download',
  permission: 'public',
  input: DownloadKey,
  run: async (ctx, { key }) => {
    const order = ctx.downloads.take(key);
    if (order === undefined) throw notFound('download at this address any more');
    const scope = toScope(order.identity, 'read', ctx.cluster);
    return streamSeries({ ...ctx, identity: order.identity, scope, inScope: (run) => ctx.withScope(scope, run) }, order.keys, order.range);
  },
});
