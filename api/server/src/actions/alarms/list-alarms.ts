import { AlarmList, ListAlarmsInput } from '@kubeplant/api-client/schemas';
import { toTenant } from '../../auth/identity.ts';
import { defineAction } from '../action.ts';
import { selectAlarms } from './alarm-rows.ts';
import { toAlarm } from './alarm-view.ts';

export const listAlarms = defineAction({
  name: 'alarms.list',
  summary: 'List the alarms',
  permission: 'read',
  input: ListAlarmsInput,
  output: AlarmList,
  run: async (ctx, input) => {
    const tenant = input.namespace === undefined ? undefined : toTenant(ctx.cluster, input.namespace);
    const { rows, total } = await ctx.inScope((client) => selectAlarms(client, input, tenant));
    return { items: rows.map((row) => toAlarm(row, ctx.sites.model(row.tenant, row.site))), total };
  },
});
