import { randomUUID } from 'node:crypto';
import { CreateExportInput, Export } from '@kubeplant/api-client/schemas';
import { parseTagPath } from '@kubeplant/words';
import { toTenant } from '../../auth/identity.ts';
import { EXPORT_LIMITS, type ExportLimits } from '../../exports/export-limits.ts';
import { type ExportTag, type ExportUse, insertExport, readUse } from '../../exports/export-rows.ts';
import { EXPORTS_JOB } from '../../exports/run-exports.ts';
import { wakeJob } from '../../jobs/start-jobs.ts';
import { defineAction, identityOf } from '../action.ts';
import { ActionError, invalidInput } from '../action-error.ts';
import { findTag } from '../history/find-tag.ts';
import { toRange } from '../history/range.ts';
import { toExport } from './export-view.ts';

export const createExport = defineAction({
  name: 'exports.create',
  summary: 'Ask for a file of readings, which is written in the background',
  permission: 'read',
  input: CreateExportInput,
  output: Export,
  run: async (ctx, { tags, format = 'csv', origin, ...times }) => {
    const range = toRange(times, ctx.now());
    const { userId } = identityOf(ctx);
    const keys = [...new Set(tags)].map((path) => {
      const key = parseTagPath(path);
      if (key === undefined) throw invalidInput([{ field: 'tags', message: `has ${path}, which is not namespace/device/tag` }]);
      return { ...key, path };
    });
    const row = await ctx.inScope(async (client) => {
      for (const key of keys) await findTag(ctx, client, origin === undefined ? key : { ...key, origin });
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7201004))', [userId]); // counted one after the other
      assertRoom(await readUse(client, userId), EXPORT_LIMITS);
      const exported = keys.map(({ namespace, device, tag, path }): ExportTag => {
        return { tenant: toTenant(ctx.cluster, namespace), device, name: tag, path };
      });
      const order = { userId, scope: ctx.scope, tags: exported, format, range, ...(origin === undefined ? {} : { origin }) };
      await wakeJob(client, EXPORTS_JOB);
      return insertExport(client, order, { id: randomUUID(), nowUs: ctx.now() * 1000, keepMs: EXPORT_LIMITS.keepMs });
    });
    return toExport(row);
  },
});

function assertRoom({ unfinished, kept, ownBytes, bytes }: ExportUse, limits: ExportLimits): void {
  const { unfinishedPerUser, keptPerUser, bytesPerUser, bytesOfAll } = limits;
  const refuse = (detail: string): never => {
    throw new ActionError({ status: 429, code: 'too-many-exports', detail, headers: { 'retry-after': '30' } });
  };
  if (unfinished >= unfinishedPerUser)
    refuse(`${unfinished} exports of yours are not written yet, which is the most: wait for one, or cancel one.`);
  if (kept >= keptPerUser) refuse(`You have ${kept} exports, which is the most: delete one first.`);
  if (ownBytes >= bytesPerUser) refuse(`Your exports take all the room a user has (${bytesPerUser} bytes): delete one first.`);
  if (bytes >= bytesOfAll) refuse(`All exports together take all the room there is for them (${bytesOfAll} bytes): try again later.`);
}
