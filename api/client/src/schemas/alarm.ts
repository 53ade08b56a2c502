import { ALARM_STATES, LIMIT_NAMES, PRIORITIES, TRANSITION_KINDS } from '@kubeplant/words';
import { type Static, Type } from 'typebox';
import { Closed, cursorPaging, Label, ListOf, PageOf, paging, TagName, Time } from './common.ts';

const optionalText = Type.Optional(Type.String());
const valueText = Type.Optional(Type.String({ description: 'name of the value as declared now, of a tag with states or True and False' }));
const comment = Type.Optional(Type.String({ maxLength: 1000 }));

/** An alarm as it stands. `id` is unique over all sites; `occurrence` and `version` name the state it was seen in. */
export const Alarm = Closed({
  id: Type.String(),
  occurrence: Type.String(),
  version: Type.Integer(),
  state: Type.Enum(ALARM_STATES),
  priority: Type.Enum(PRIORITIES),
  severity: Type.Integer({ description: 'OPC UA Part 9, 1 to 1000' }),
  namespace: Type.String(),
  site: Type.String(),
  rule: Type.String({ description: 'empty for the built-in communication alarm' }),
  device: Type.String(),
  tag: Type.String({ description: 'empty for the communication alarm' }),
  limit: Type.Enum(LIMIT_NAMES),
  message: Type.String(),
  active: Type.Boolean(),
  acknowledged: Type.Boolean(),
  suppressed: Type.Boolean(),
  simulated: Type.Boolean(),
  activeTime: Type.Optional(Time),
  clearedTime: Type.Optional(Time),
  acknowledgedTime: Type.Optional(Time),
  acknowledgedBy: optionalText,
  comment: optionalText,
  value: Type.Optional(Type.Number()),
  valueText,
  unit: optionalText,
  consequence: optionalText,
  correctiveAction: optionalText,
  responseTime: optionalText,
  rationale: optionalText,
});
export const ListAlarmsInput = Closed({
  ...paging,
  namespace: Type.Optional(Label),
  site: Type.Optional(Label),
  device: Type.Optional(Label),
  tag: Type.Optional(TagName),
  rule: Type.Optional(Label),
  state: Type.Optional(
    Type.Array(Type.Enum(ALARM_STATES), {
      maxItems: 9,
      description: 'parted by commas; by default what an operator must see: UNACK, ACKED, RTNUN, LUNACK, LACKED',
    }),
  ),
  priority: Type.Optional(Type.Array(Type.Enum(PRIORITIES), { maxItems: 5, description: 'parted by commas' })),
  sort: Type.Optional(
    Type.Enum(['urgency', 'activeTime', 'priority', 'state', 'device', 'site'], {
      description: 'urgency (the default): unacknowledged first, then by priority, then the newest',
    }),
  ),
});
export const AlarmList = ListOf(Alarm);
export const AlarmKey = Closed({ id: Type.String({ minLength: 1, maxLength: 128 }) });
const seen = { occurrence: Type.String({ maxLength: 128 }), version: Type.Integer({ minimum: 0 }) };
export const AcknowledgeInput = Closed({ ...AlarmKey.properties, ...seen, comment });
export const CommentInput = Closed({ ...AlarmKey.properties, ...seen, comment: Type.String({ minLength: 1, maxLength: 1000 }) });
export const AcknowledgeManyInput = Closed({
  alarms: Type.Array(Closed({ ...AlarmKey.properties, ...seen }), { minItems: 1, maxItems: 500 }),
  comment,
});
/** Each alarm on its own: done, or why not. */
export const AcknowledgedMany = Closed({
  results: Type.Array(
    Closed({
      id: Type.String(),
      result: Type.Enum(['done', 'changed', 'unknown', 'forbidden', 'unavailable']),
      alarm: Type.Optional(Alarm),
    }),
  ),
});

/** A row of the alarm journal. */
export const JournalEntry = Closed({
  id: Type.String(),
  alarm: Type.String(),
  time: Time,
  kind: Type.Enum(TRANSITION_KINDS),
  state: Type.Enum(ALARM_STATES),
  priority: Type.Enum(PRIORITIES),
  namespace: Type.String(),
  site: Type.String(),
  rule: Type.String(),
  device: Type.String(),
  tag: Type.String(),
  limit: Type.Enum(LIMIT_NAMES),
  occurrence: Type.String(),
  value: Type.Optional(Type.Number()),
  valueText,
  message: Type.String(),
  user: optionalText,
  comment: optionalText,
  simulated: Type.Boolean(),
  late: Type.Boolean({ description: 'found in readings that came late: nobody was told when it happened' }),
});
const journalFilter = {
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  namespace: Type.Optional(Label),
  site: Type.Optional(Label),
  device: Type.Optional(Label),
  tag: Type.Optional(TagName),
  rule: Type.Optional(Label),
  alarm: Type.Optional(Type.String({ maxLength: 128 })),
  kind: Type.Optional(Type.Array(Type.Enum(TRANSITION_KINDS), { maxItems: 5 })),
  priority: Type.Optional(Type.Array(Type.Enum(PRIORITIES), { maxItems: 5 })),
};
export const ListJournalInput = Closed({ ...cursorPaging, ...journalFilter });
export const ExportJournalInput = Closed(journalFilter);
export const JournalPage = PageOf(JournalEntry);

export type Alarm = Static<typeof Alarm>;
export type ListAlarmsInput = Static<typeof ListAlarmsInput>;
export type AcknowledgeInput = Static<typeof AcknowledgeInput>;
export type CommentInput = Static<typeof CommentInput>;
export type AcknowledgeManyInput = Static<typeof AcknowledgeManyInput>;
export type AcknowledgedMany = Static<typeof AcknowledgedMany>;
export type JournalEntry = Static<typeof JournalEntry>;
export type ListJournalInput = Static<typeof ListJournalInput>;
export type ExportJournalInput = Static<typeof ExportJournalInput>;
export type JournalPage = Static<typeof JournalPage>;
