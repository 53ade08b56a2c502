import { Alarm, CommentInput } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { operateAlarm } from './operate-alarm.ts';

export const commentAlarm = defineAction({
  name: 'alarms.comment',
  summary: 'Comment on an alarm',
  permission: 'alarm.operate',
  checksSession: true,
  input: CommentInput,
  output: Alarm,
  run: (ctx, input) => operateAlarm(ctx, { kind: 'Comment', ...input }),
});
