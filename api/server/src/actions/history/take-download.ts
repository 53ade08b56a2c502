import { DownloadKey } from '@kubeplant/api-client/schemas';
import { toScope } from '../../auth/identity.ts';
import { type ActionContext, defineStream } from '../action.ts';
import { notFound } from '../action-error.ts';
import { readableExport } from '../exports/export-view.ts';
import { streamFile } from '../exports/take-export-file.ts';
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
    const theirs: ActionContext = { ...ctx, identity: order.identity, scope, inScope: (run) => ctx.withScope(scope, run) };
    if (order.kind === 'readings') return streamSeries(theirs, order.keys, order.range);
    return streamFile(theirs, await theirs.inScope((client) => readableExport(theirs, client, order.id)));
  },
});
