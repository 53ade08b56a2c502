import { Alarm, Closed, TagPath } from '@kubeplant/api-client/schemas';
import { parseTagPath } from '@kubeplant/words';
import { Type } from 'typebox';
import { toTenant } from '../../auth/identity.ts';
import { standingAlarms } from '../alarms/alarm-rows.ts';
import { toAlarm } from '../alarms/alarm-view.ts';
import { defineAction } from '../action.ts';
import { type LatestValue, latestValues, toFinite } from '../plant/latest-values.ts';
import type { PlantTag } from '../plant/plant.ts';

const Granted = Closed({
  tenant: Type.String(),
  path: Type.String(),
  /** `[timeMs, value, status, flags]`; absent before the first value. */
  latest: Type.Optional(
    Type.Tuple([Type.Number(), Type.Union([Type.Number(), Type.String(), Type.Null()]), Type.Integer(), Type.Integer()]),
  ),
});

/** What is granted, what is not, and how it stands now. */
export const SubscribeOutput = Closed({
  granted: Type.Array(Granted),
  denied: Type.Array(Type.String()),
  alarms: Type.Optional(Type.Array(Alarm)),
});

/** What a live connection may have of what it asks for, and the picture to start from. Mounted by the WebSocket only. */
export const subscribe = defineAction({
  name: 'live.subscribe',
  summary: 'Follow tags and alarms live',
  permission: 'read',
  input: Closed({ tags: Type.Array(TagPath, { maxItems: 5000 }), alarms: Type.Boolean() }),
  output: SubscribeOutput,
  run: async (ctx, { tags, alarms }) => {
    const found = new Map<string, PlantTag>();
    for (const path of tags) {
      const key = parseTagPath(path);
      const tag = key === undefined ? undefined : ctx.plant.tag(ctx.scope, toTenant(ctx.cluster, key.namespace), key.device, key.tag);
      if (tag !== undefined) found.set(path, tag);
    }
    const values = await latestValues(ctx, [...found.values()]);
    const granted = [...found.values()].map(({ model, path }) => {
      const latest = values.get(path);
      const place = { tenant: model.tenant, path };
      return latest === undefined ? place : { ...place, latest: toLatestTuple(latest) };
    });
    const denied = tags.filter((path) => !found.has(path));
    if (!alarms) return { granted, denied };
    const standing = await ctx.inScope(standingAlarms);
    return { granted, denied, alarms: standing.map((alarm) => toAlarm(alarm, ctx.sites.model(alarm.tenant, alarm.site))) };
  },
});

/** `[timeMs, value, status, flags]`. */
export function toLatestTuple({
  timeUs,
  value,
  status,
  flags,
}: Omit<LatestValue, 'origin'>): [number, number | string | null, number, number] {
  return [Math.floor(timeUs / 1000), toFinite(value), status, flags];
}
