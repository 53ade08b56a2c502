import type { EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import { calculatedSources, createLateScopes, type LateScopes } from '@kubeplant/engine';
import type { Origin } from '@kubeplant/words';
import type { ScopedClient } from '../ports.ts';
import type { CalculatedSpan, SpanKey } from './calculated-spans.ts';
import { readDevices, readShards, readTags, type TagRow, writeCatalogue, writeTags } from './catalogue-rows.ts';
import { createHistoryFilter } from './history-filter.ts';
import type { RunTagEntry } from './run-dictionary.ts';
import { createSeries, type Series, seriesKey } from './series.ts';

/** What the readings of a run's tag are: a series, one that has to be made first, or none (yet). */
export type Resolution = 'known' | 'missing' | 'unknown' | 'refused';

/** Devices and tags of one site, with their newest readings in memory. */
export interface Catalogue {
  /** Rises with every change; what was resolved before is resolved again. */
  generation(): number;
  deviceId(device: string): number | undefined;
  simulated(device: string): boolean;
  /** Calculated devices whose values come from this one, among others. */
  calculatedFrom(device: string): readonly CalculatedSpan[];
  /** Devices that a shard has. */
  devicesOf(shard: string): ReadonlySet<string>;
  /** It has the device, or had it: what its collector still holds is taken. */
  mayWrite(shard: string, device: string): boolean;
  /** Alarms that late readings are held against. */
  lateScopes(): LateScopes;
  all(): Iterable<Series>;
  of(device: string): readonly Series[];
  find(device: string, tag: string, origin: Origin): Series | undefined;
  /** Set `entry.series` where its tag is known and the shard may write its device. */
  resolve(entry: RunTagEntry, shard: string): Resolution;
  /** Write a model into the database; what is returned takes it into memory, once that is committed. */
  setModel(client: ScopedClient, model: SiteModel): Promise<() => void>;
  /** Make series that the model knows with the other origin; likewise. */
  ensure(client: ScopedClient, entries: readonly RunTagEntry[]): Promise<() => void>;
}

interface State {
  model: SiteModel;
  generation: number;
  readonly series: Map<string, Series>;
  readonly byDevice: Map<string, Series[]>;
  devices: Map<string, number>;
  simulated: ReadonlyMap<string, boolean>;
  tags: ReadonlyMap<string, EffectiveTag>;
  shards: ReadonlyMap<string, ReadonlySet<string>>;
  /** By shard, those of former models too. */
  everOn: ReadonlyMap<string, ReadonlySet<string>>;
  calculated: ReadonlyMap<string, readonly CalculatedSpan[]>;
  late: LateScopes;
}

/** A catalogue that knows nothing until `setModel`. */
export function createCatalogue(model: SiteModel): Catalogue {
  const state: State = {
    model,
    generation: 0,
    series: new Map(),
    byDevice: new Map(),
    devices: new Map(),
    simulated: new Map(),
    tags: new Map(),
    shards: new Map(),
    everOn: new Map(),
    calculated: new Map(),
    late: createLateScopes(model),
  };
  return {
    generation: () => state.generation,
    deviceId: (device) => state.devices.get(device),
    simulated: (device) => state.simulated.get(device) ?? false,
    calculatedFrom: (device) => state.calculated.get(device) ?? [],
    devicesOf: (shard) => state.shards.get(shard) ?? new Set(),
    mayWrite: (shard, device) => mayWrite(state, shard, device),
    lateScopes: () => state.late,
    all: () => state.series.values(),
    of: (device) => state.byDevice.get(device) ?? [],
    find: (device, tag, origin) => state.series.get(seriesKey(device, tag, origin)),
    resolve: (entry, shard) => resolve(state, entry, shard),
    setModel: async (client, next) => {
      await writeCatalogue(client, next);
      const devices = await readDevices(client, next);
      const rows = await readTags(client, next);
      const everOn = await readShards(client, next);
      return () => {
        Object.assign(state, indexModel(next), { devices, everOn, calculated: indexCalculated(next, devices) });
        takeTags(state, rows);
      };
    },
    ensure: async (client, entries) => {
      const wanted = entries.flatMap(({ device, tag: name, origin }) => {
        const tag = state.tags.get(`${device}/${name}`);
        return tag === undefined ? [] : [{ device, tag, origin, inForce: false }];
      });
      await writeTags(client, state.model, wanted);
      const rows = await readTags(client, state.model);
      return () => takeTags(state, rows);
    },
  };
}

const mayWrite = ({ everOn }: State, shard: string, device: string): boolean => everOn.get(shard)?.has(device) ?? false;

function resolve(state: State, entry: RunTagEntry, shard: string): Resolution {
  if (entry.generation === state.generation && entry.series !== undefined) return 'known';
  entry.generation = state.generation;
  const isAllowed = mayWrite(state, shard, entry.device);
  entry.series = isAllowed ? state.series.get(seriesKey(entry.device, entry.tag, entry.origin)) : undefined;
  if (entry.series !== undefined) return 'known';
  if (!isAllowed) return state.byDevice.has(entry.device) ? 'refused' : 'unknown';
  return state.tags.has(`${entry.device}/${entry.tag}`) ? 'missing' : 'unknown';
}

function indexModel(model: SiteModel): Pick<State, 'model' | 'simulated' | 'tags' | 'shards' | 'late'> {
  return {
    model,
    simulated: new Map(model.devices.map((device) => [device.name, device.simulated])),
    tags: new Map(model.devices.flatMap((device) => device.tags.map((tag) => [`${device.name}/${tag.name}`, tag] as const))),
    shards: new Map(model.shards.map((shard) => [shard.name, new Set(shard.devices)])),
    late: createLateScopes(model),
  };
}

/** By device: the calculated devices behind which it is. */
function indexCalculated(model: SiteModel, ids: ReadonlyMap<string, number>): Map<string, CalculatedSpan[]> {
  const simulated = new Map(model.devices.map((device) => [device.name, device.simulated]));
  const keyOf = (device: string): SpanKey[] => {
    const deviceId = ids.get(device);
    return deviceId === undefined ? [] : [{ deviceId, simulated: simulated.get(device) ?? false }];
  };
  const readers = new Map<string, CalculatedSpan[]>();
  for (const [device, sources] of calculatedSources(model)) {
    const [key] = keyOf(device);
    if (key === undefined) continue;
    const span = { key, sources: sources.flatMap(keyOf) };
    for (const source of sources) if (readers.get(source)?.push(span) === undefined) readers.set(source, [span]);
  }
  return readers;
}

function takeTags(state: State, rows: readonly TagRow[]): void {
  for (const { tagId, device, name, origin } of rows) {
    const key = seriesKey(device, name, origin);
    if (state.series.has(key)) continue;
    const series = createSeries({ tagId, device, tag: name, origin, path: `${state.model.namespace}/${device}/${name}` });
    state.series.set(key, series);
    const siblings = state.byDevice.get(device);
    if (siblings === undefined) state.byDevice.set(device, [series]);
    else siblings.push(series);
  }
  for (const series of state.series.values()) {
    const tag = state.tags.get(`${series.device}/${series.tag}`);
    series.inForce = tag !== undefined && (state.simulated.get(series.device) ?? false) === (series.origin === 'Simulated');
    series.isWatched = state.late.has(series.device, series.tag);
    series.isText = tag?.dataType === 'String';
    series.historyClass = tag?.history?.class ?? state.model.historian.class;
    series.stores = createHistoryFilter(tag?.history);
  }
  state.generation += 1;
}
