import type { Export } from '@kubeplant/api-client';
import { EXPORT_FILES } from '../../exports/export-format.ts';
import { type ExportRow, findOwn } from '../../exports/export-rows.ts';
import type { ScopedClient } from '../../ports.ts';
import { type ActionContext, identityOf } from '../action.ts';
import { ActionError, notFound } from '../action-error.ts';
import { formatTime } from '../time.ts';

/** An export as answers show it. */
export function toExport(row: ExportRow): Export {
  const { id, state, format, tags, range, origin, createdUs, startedUs, endedUs, expiresUs, failure } = row;
  return {
    ...{ id, state, format, tags: tags.map(({ path }) => path), from: formatTime(range.fromUs), to: formatTime(range.toUs) },
    ...(origin === undefined ? {} : { origin }),
    created: formatTime(createdUs),
    ...(startedUs === null ? {} : { started: formatTime(startedUs) }),
    ...(endedUs === null ? {} : { ended: formatTime(endedUs) }),
    ...{ expires: formatTime(expiresUs), progress: Math.min(1, row.progress), readings: row.readings, sizeBytes: row.sizeBytes },
    fileName: fileNameOf(row),
    ...(failure === null ? {} : { failure }),
  };
}

/** Says what is in it: the tag, or how many, and the day on which it begins. */
export function fileNameOf({ tags, range, format }: ExportRow): string {
  const [first] = tags;
  const what = tags.length === 1 && first !== undefined ? `${first.device}-${first.name}` : `readings-of-${tags.length}-tags`;
  const name = `${what}-${formatTime(range.fromUs).slice(0, 10)}`.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  return `${name}.${EXPORT_FILES[format].extension}`;
}

/** An export of whoever asks; 404 for any other. */
export async function ownExport(ctx: ActionContext, client: ScopedClient, id: string): Promise<ExportRow> {
  const row = await findOwn(client, identityOf(ctx).userId, id, ctx.now() * 1000);
  if (row === undefined) throw notFound(`export ${id}`);
  return row;
}

/** An export whose file may be fetched: written, and of tags that the user may still read. */
export async function readableExport(ctx: ActionContext, client: ScopedClient, id: string): Promise<ExportRow> {
  const row = await ownExport(ctx, client, id);
  if (row.state !== 'Done') {
    const detail = `The export ${id} is ${row.state}; there is a file when it is Done.`;
    throw new ActionError({ status: 409, code: 'not-done', detail });
  }
  for (const { tenant, device, name, path } of row.tags) {
    const tag = await ctx.readings.tag(client, { tenant, device, name });
    if (tag === undefined && !ctx.plant.tag(ctx.scope, tenant, device, name)) throw notFound(`tag ${path}`);
  }
  return row;
}
