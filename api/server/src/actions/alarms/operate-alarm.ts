import type { Alarm } from '@kubeplant/api-client';
import type { AlarmAction } from '@kubeplant/engine';
import { covers } from '../../auth/identity.ts';
import { type ActionContext, identityOf } from '../action.ts';
import { ActionError, forbidden, notFound } from '../action-error.ts';
import { findAlarms, type PlacedAlarm } from './alarm-rows.ts';
import { toAlarm } from './alarm-view.ts';

/** What an operator saw and does. */
export interface Operation {
  readonly kind: AlarmAction['kind'];
  readonly id: string;
  readonly occurrence: string;
  readonly version: number;
  readonly comment?: string | undefined;
}

/** What became of it. */
export type Operated = { readonly kind: 'done' | 'changed'; readonly alarm: Alarm } | { readonly kind: 'unknown' };

/** Do it to an alarm the operator sees: 404 where they see none, 403 where they may only look, 409 with the present alarm. */
export async function operateAlarm(ctx: ActionContext, operation: Operation): Promise<Alarm> {
  const [found] = await ctx.inScope((client) => findAlarms(client, [operation.id]), 'read');
  if (found === undefined) throw notFound(`alarm ${operation.id}`);
  if (!covers(ctx.scope, found.tenant, found.site)) throw forbidden(`You may see the alarms of ${found.site}, but not operate them.`);
  const operated = await applyOperation(ctx, found, operation);
  if (operated.kind === 'unknown') throw notFound(`alarm ${operation.id}`);
  if (operated.kind === 'done') return operated.alarm;
  const detail = 'The alarm has changed since you saw it; look at it as it is now and decide again.';
  throw new ActionError({ status: 409, code: 'changed', detail, extra: { present: operated.alarm } });
}

/** Hand it to the site's owner; resolves when it is committed. */
export async function applyOperation(ctx: ActionContext, { tenant, site }: PlacedAlarm, operation: Operation): Promise<Operated> {
  const { kind, id, occurrence, version, comment } = operation;
  const result = await ctx.sites.act(tenant, site, {
    kind,
    alarm: id,
    occurrence,
    version,
    user: identityOf(ctx).username,
    timeUs: ctx.now() * 1000,
    request: ctx.requestId,
    ...(comment === undefined ? {} : { comment }),
  });
  if (result.kind === 'unknown') return { kind: 'unknown' };
  const state = result.kind === 'done' ? result.state : result.present;
  return { kind: result.kind, alarm: toAlarm({ tenant, site, state }, ctx.sites.model(tenant, site)) };
}
