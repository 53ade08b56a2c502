import type { Origin } from '@kubeplant/words';
import { toTenant } from '../../auth/identity.ts';
import type { ScopedClient, StoredTag } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { notFound } from '../action-error.ts';
import type { SeriesKey } from './series-key.ts';

/** A series under row-level security; 404 where there is none. Undefined: declared, but nothing of it is stored yet. */
export async function findTag(ctx: ActionContext, client: ScopedClient, key: SeriesKey): Promise<StoredTag | undefined> {
  const tenant = toTenant(ctx.cluster, key.namespace);
  const { device, tag, origin } = key;
  const found = await ctx.readings.tag(client, { tenant, device, name: tag, ...(origin === undefined ? {} : { origin }) });
  if (found === undefined && ctx.plant.tag(ctx.scope, tenant, device, tag) === undefined)
    throw notFound(`tag ${key.namespace}/${device}/${tag}`);
  return found;
}

/** Unit of a tag that is declared now. */
export const unitOf = (ctx: ActionContext, key: SeriesKey): string | undefined =>
  ctx.plant.tag(ctx.scope, toTenant(ctx.cluster, key.namespace), key.device, key.tag)?.tag.unit;

/** Origin of a tag that is declared now. */
export const originOf = (ctx: ActionContext, key: SeriesKey): Origin =>
  key.origin ??
  (ctx.plant.tag(ctx.scope, toTenant(ctx.cluster, key.namespace), key.device, key.tag)?.device.simulated === true ? 'Simulated' : 'Real');
