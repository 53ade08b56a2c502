import type { ListTagsInput as Input, Tag } from '@kubeplant/api-client';
import { ListTagsInput, TagList } from '@kubeplant/api-client/schemas';
import { severityOf } from '@kubeplant/words';
import { type ActionContext, defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';
import { isInArea } from './device-row.ts';
import { type LatestValue, latestValues, toShown } from './latest-values.ts';
import type { PlantTag } from './plant.ts';

export const listTags = defineAction({
  name: 'tags.list',
  summary: 'List the tags and their latest values',
  permission: 'read',
  input: ListTagsInput,
  output: TagList,
  run: async (ctx, input) => {
    const wanted = selectTags(ctx, input);
    const { quality, sort = 'name' } = input;
    if (quality === undefined && sort !== 'status' && sort !== 'time') {
      const page = toList(wanted, input, [sortKeys[sort], (tag) => tag.path]);
      const values = await latestValues(ctx, page.items);
      return { items: page.items.map((tag) => toTagRow(tag, values.get(tag.path))), total: page.total };
    }
    const values = await latestValues(ctx, wanted);
    const rows = wanted
      .map((tag) => toTagRow(tag, values.get(tag.path)))
      .filter((row) => quality === undefined || qualityOf(row) === quality);
    return toList(rows, input, [(row) => row[sort], (row) => row.path]);
  },
});

const sortKeys = {
  name: ({ tag }: PlantTag) => tag.name,
  device: ({ device }: PlantTag) => device.name,
  site: ({ model }: PlantTag) => model.site,
  unit: ({ tag }: PlantTag) => tag.unit,
  kind: ({ tag }: PlantTag) => tag.kind,
};

function selectTags(ctx: ActionContext, input: Input): PlantTag[] {
  const { q, namespace, site, area, device: deviceName, kind } = input;
  const paths = input.path === undefined ? undefined : new Set(input.path);
  return ctx.plant
    .tags(ctx.scope)
    .filter(
      ({ model, device, tag, path }) =>
        (paths === undefined || paths.has(path)) &&
        (namespace ?? model.namespace) === model.namespace &&
        (site ?? model.site) === model.site &&
        (deviceName ?? device.name) === device.name &&
        (kind ?? tag.kind) === tag.kind &&
        isInArea(device.area, area) &&
        matches(q, [path, tag.description, tag.designation, device.displayName, device.designation]),
    );
}

const qualityOf = (row: Tag): string => (row.status === undefined ? 'None' : severityOf(row.status));

function toTagRow({ model, device, tag, path }: PlantTag, value: LatestValue | undefined): Tag {
  const { description, designation, unit, states, range } = tag;
  const shownRange = range === undefined ? undefined : withoutUndefined({ low: range.low, high: range.high });
  return {
    namespace: model.namespace,
    device: device.name,
    name: tag.name,
    path,
    site: model.site,
    ...withoutUndefined({ area: device.area, description, designation, unit, states, range: shownRange }),
    kind: tag.kind,
    dataType: tag.dataType,
    samplingInterval: tag.samplingInterval,
    staleAfter: tag.staleAfter,
    calculated: tag.expression !== undefined,
    origin: device.simulated ? 'Simulated' : 'Real',
    ...(value === undefined ? {} : toShown(value)),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>; // Just that.
}
