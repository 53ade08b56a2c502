import { DeviceKey, EffectiveDevice } from '@kubeplant/api-client/schemas';
import { toTenant } from '../../auth/identity.ts';
import { defineAction } from '../action.ts';
import { notFound } from '../action-error.ts';

export const showEffectiveDevice = defineAction({
  name: 'devices.effective',
  summary: 'Show a device after the merge with its profile and defaults',
  permission: 'read',
  input: DeviceKey,
  output: EffectiveDevice,
  run: async (ctx, { namespace, name }) => {
    const found = ctx.plant.device(ctx.scope, toTenant(ctx.cluster, namespace), name);
    if (found === undefined) throw notFound(`device ${namespace}/${name}`);
    return { ...found.device };
  },
});
