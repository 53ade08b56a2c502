import { flagNames, type Origin, statusText } from '@kubeplant/words';
import type { ScopedClient, TagId } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { formatTime } from '../time.ts';
import type { PlantTag } from './plant.ts';

/** The latest value of a tag. */
export interface LatestValue {
  readonly timeUs: number;
  readonly value: number | string | null;
  readonly status: number;
  readonly flags: number;
  readonly origin: Origin;
}

/** The latest value as answers show it. */
export interface ShownValue {
  readonly time: string;
  readonly value: number | string | null;
  readonly status: number;
  readonly statusText: string;
  readonly flags?: string[];
  readonly origin: Origin;
}

type Deps = Pick<ActionContext, 'hub' | 'readings' | 'inScope'>;

/** Latest values by path: from memory, and for what is not there from the checkpoints in the database. */
export async function latestValues(ctx: Deps, tags: readonly PlantTag[]): Promise<ReadonlyMap<string, LatestValue>> {
  const values = new Map<string, LatestValue>();
  const missing: PlantTag[] = [];
  for (const tag of tags) {
    const live = ctx.hub.latest(tag.model.tenant, tag.path);
    if (live === undefined) missing.push(tag);
    else values.set(tag.path, { ...live, value: toFinite(live.text ?? live.value) });
  }
  if (missing.length > 0) for (const [path, value] of await ctx.inScope((client) => stored(ctx, client, missing))) values.set(path, value);
  return values;
}

/** As answers show it. */
export function toShown({ timeUs, value, status, flags, origin }: LatestValue): ShownValue {
  const names = flagNames(flags);
  return { time: formatTime(timeUs), value, status, statusText: statusText(status), ...(names.length > 0 ? { flags: names } : {}), origin };
}

/** JSON has no NaN and no infinity: no value. */
export const toFinite = (value: number | string | null): number | string | null =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value;

const inForce = `SELECT t.tag_id AS "tagId", k.path, t.origin FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS k(tenant, device, name, path)
  JOIN tag t USING (tenant, device, name) WHERE t.in_force`;

async function stored(ctx: Pick<Deps, 'readings'>, client: ScopedClient, tags: readonly PlantTag[]): Promise<[string, LatestValue][]> {
  const columns = [
    tags.map((tag) => tag.model.tenant),
    tags.map((tag) => tag.device.name),
    tags.map((tag) => tag.tag.name),
    tags.map((tag) => tag.path),
  ];
  const known = await client.query<{ tagId: TagId; path: string; origin: Origin }>({ text: inForce, values: columns });
  const latest = await ctx.readings.latest(
    client,
    known.rows.map((row) => row.tagId),
  );
  return known.rows.flatMap(({ tagId, path, origin }) => {
    const reading = latest.get(tagId);
    return reading === undefined ? [] : [[path, { ...reading, value: toFinite(reading.value), origin }] satisfies [string, LatestValue]];
  });
}
