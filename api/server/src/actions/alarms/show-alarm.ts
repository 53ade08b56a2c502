import { Alarm, AlarmKey } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { notFound } from '../action-error.ts';
import { findAlarms } from './alarm-rows.ts';
import { toAlarm } from './alarm-view.ts';

export const showAlarm = defineAction({
  name: 'alarms.show',
  summary: 'Show an alarm',
  permission: 'read',
  input: AlarmKey,
  output: Alarm,
  run: async (ctx, { id }) => {
    const [found] = await ctx.inScope((client) => findAlarms(client, [id]));
    if (found === undefined) throw notFound(`alarm ${id}`);
    return toAlarm(found, ctx.sites.model(found.tenant, found.site));
  },
});
