import { AcknowledgeInput, Alarm } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { operateAlarm } from './operate-alarm.ts';

export const acknowledgeAlarm = defineAction({
  name: 'alarms.acknowledge',
  summary: 'Acknowledge an alarm as it was seen',
  permission: 'alarm.operate',
  checksSession: true,
  input: AcknowledgeInput,
  output: Alarm,
  run: (ctx, input) => operateAlarm(ctx, { kind: 'Acknowledge', ...input }),
});
