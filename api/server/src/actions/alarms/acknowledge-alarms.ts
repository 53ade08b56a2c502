import type { AcknowledgedMany as Answer } from '@kubeplant/api-client';
import { AcknowledgedMany, AcknowledgeManyInput } from '@kubeplant/api-client/schemas';
import { covers } from '../../auth/identity.ts';
import { Unavailable } from '../../ports.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { findAlarms, type PlacedAlarm } from './alarm-rows.ts';
import { applyOperation, type Operation } from './operate-alarm.ts';

export const acknowledgeAlarms = defineAction({
  name: 'alarms.acknowledgeMany',
  summary: 'Acknowledge alarms as they were seen, each on its own',
  permission: 'alarm.operate',
  checksSession: true,
  input: AcknowledgeManyInput,
  output: AcknowledgedMany,
  run: async (ctx, { alarms, comment }) => {
    const found = await ctx.inScope(
      (client) =>
        findAlarms(
          client,
          alarms.map((alarm) => alarm.id),
        ),
      'read',
    );
    const byId = new Map(found.map((alarm) => [alarm.state.id, alarm]));
    const results = alarms.map((seen) => acknowledgeOne(ctx, byId.get(seen.id), { kind: 'Acknowledge', ...seen, comment }));
    return { results: await Promise.all(results) };
  },
});

async function acknowledgeOne(
  ctx: ActionContext,
  found: PlacedAlarm | undefined,
  operation: Operation,
): Promise<Answer['results'][number]> {
  const { id } = operation;
  if (found === undefined) return { id, result: 'unknown' };
  if (!covers(ctx.scope, found.tenant, found.site)) return { id, result: 'forbidden' };
  try {
    const operated = await applyOperation(ctx, found, operation);
    return operated.kind === 'unknown' ? { id, result: 'unknown' } : { id, result: operated.kind, alarm: operated.alarm };
  } catch (error) {
    if (error instanceof Unavailable) return { id, result: 'unavailable' };
    throw error;
  }
}
