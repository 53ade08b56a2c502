import { TagKey, TagValue } from '@kubeplant/api-client/schemas';
import { toTenant } from '../../auth/identity.ts';
import { defineAction } from '../action.ts';
import { ActionError, notFound } from '../action-error.ts';
import { latestValues, toShown } from './latest-values.ts';

export const showTagValue = defineAction({
  name: 'tags.value',
  summary: 'Show the latest value of a tag',
  permission: 'read',
  input: TagKey,
  output: TagValue,
  run: async (ctx, { namespace, device, tag }) => {
    const found = ctx.plant.tag(ctx.scope, toTenant(ctx.cluster, namespace), device, tag);
    if (found === undefined) throw notFound(`tag ${namespace}/${device}/${tag}`);
    const value = (await latestValues(ctx, [found])).get(found.path);
    if (value === undefined) {
      throw new ActionError({ status: 404, code: 'no-value', detail: `${found.path} has no value yet; has its device ever answered?` });
    }
    return found.tag.unit === undefined ? toShown(value) : { ...toShown(value), unit: found.tag.unit };
  },
});
