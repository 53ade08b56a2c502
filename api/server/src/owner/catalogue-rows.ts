import type { EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import type { Origin } from '@kubeplant/words';
import type { ScopedClient, TagId } from '../ports.ts';
import { writeCalendar } from '../store/rollups/site-calendar.ts';

/** A tag to be known, with its origin. */
export interface WantedTag {
  readonly device: string;
  readonly tag: EffectiveTag;
  readonly origin: Origin;
  /** In force: the origin the model says. */
  readonly inForce: boolean;
}

/** A row of `tag`. */
export interface TagRow {
  readonly tagId: TagId;
  readonly device: string;
  readonly name: string;
  readonly origin: Origin;
}

const INSERT_DEVICES = `
INSERT INTO device (tenant, site, name, uid, revision)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::text[], $5::text[]) AS n (name, uid, revision)
WHERE NOT EXISTS (SELECT FROM device d WHERE d.tenant = $1 AND d.name = n.name) ON CONFLICT DO NOTHING`;
const UPDATE_DEVICES = `
UPDATE device d SET site = $2, uid = n.uid, revision = n.revision, removed_at = NULL
FROM unnest($3::text[], $4::text[], $5::text[]) AS n (name, uid, revision)
WHERE d.tenant = $1 AND d.name = n.name AND (d.site, d.uid, d.revision, d.removed_at IS NULL) IS DISTINCT FROM ($2, n.uid, n.revision, true)`;
const REMOVE_DEVICES =
  'UPDATE device SET removed_at = now() WHERE tenant = $1 AND site = $2 AND removed_at IS NULL AND name <> ALL($3::text[])';

/** Missing rows only: a conflicting insert would use up an id each time. */
const INSERT_TAGS = `
INSERT INTO tag (tenant, site, device, name, origin, text, in_force)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[]) AS n (device, name, origin, text, in_force)
WHERE NOT EXISTS (SELECT FROM tag t WHERE t.tenant = $1 AND t.device = n.device AND t.name = n.name AND t.origin = n.origin) ON CONFLICT DO NOTHING`;
const UPDATE_TAGS = `
UPDATE tag t SET site = $2, text = n.text, in_force = n.in_force
FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[]) AS n (device, name, origin, text, in_force)
WHERE t.tenant = $1 AND t.device = n.device AND t.name = n.name AND t.origin = n.origin
  AND (t.site, t.text, t.in_force) IS DISTINCT FROM ($2, n.text, n.in_force)`;
const RETIRE_TAGS = `
UPDATE tag t SET in_force = false WHERE t.tenant = $1 AND t.site = $2 AND t.in_force AND NOT EXISTS (
  SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS n (device, name, origin) WHERE n.device = t.device AND n.name = t.name AND n.origin = t.origin)`;

const REVISE_TAGS = `
INSERT INTO tag_revision (tag_id, tenant, site, since, kind, data_type, unit, states, interpolation, counter)
SELECT t.tag_id, $1, $2, clock_timestamp(), n.kind, n.data_type, n.unit, n.states::jsonb, n.interpolation, n.counter::jsonb
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
  AS n (device, name, origin, kind, data_type, unit, states, interpolation, counter)
JOIN tag t ON t.tenant = $1 AND t.device = n.device AND t.name = n.name AND t.origin = n.origin
LEFT JOIN LATERAL (SELECT r.kind, r.data_type, r.unit, r.states, r.interpolation, r.counter FROM tag_revision r WHERE r.tag_id = t.tag_id ORDER BY since DESC LIMIT 1) r ON true
WHERE (r.kind, r.data_type, r.unit, r.states, r.interpolation, r.counter)
  IS DISTINCT FROM (n.kind, n.data_type, n.unit, n.states::jsonb, n.interpolation, n.counter::jsonb)`;

const INSERT_SHARDS = `
INSERT INTO shard_device (tenant, site, shard, device)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::text[]) AS n (shard, device) ON CONFLICT DO NOTHING`;

/** Devices and tags of a model into the catalogue; what the model no longer has stays, out of force. */
export async function writeCatalogue(client: ScopedClient, model: SiteModel): Promise<void> {
  const place = [model.tenant, model.site];
  await writeCalendar(client, model);
  const devices = [model.devices.map((one) => one.name), model.devices.map((one) => one.uid), model.devices.map((one) => one.revision)];
  await client.query(INSERT_DEVICES, [...place, ...devices]);
  await client.query(UPDATE_DEVICES, [...place, ...devices]);
  await client.query(REMOVE_DEVICES, [...place, devices[0]]);
  const onShards = model.shards.flatMap((shard) => shard.devices.map((device) => [shard.name, device] as const));
  await client.query(INSERT_SHARDS, [...place, onShards.map(([shard]) => shard), onShards.map(([, device]) => device)]);
  const wanted = tagsInForce(model);
  await client.query(RETIRE_TAGS, [...place, ...keysOf(wanted)]);
  await writeTags(client, model, wanted);
}

/** Make or update these tags, of a site that is in the catalogue. */
export async function writeTags(
  client: ScopedClient,
  place: { readonly tenant: string; readonly site: string },
  wanted: readonly WantedTag[],
): Promise<void> {
  if (wanted.length === 0) return;
  const start = [place.tenant, place.site, ...keysOf(wanted)];
  const rest = [wanted.map(({ tag }) => tag.dataType === 'String'), wanted.map((one) => one.inForce)];
  await client.query(INSERT_TAGS, [...start, ...rest]);
  await client.query(UPDATE_TAGS, [...start, ...rest]);
  const meaning = [
    wanted.map(({ tag }) => tag.kind),
    wanted.map(({ tag }) => tag.dataType),
    wanted.map(({ tag }) => tag.unit ?? null),
    wanted.map(({ tag }) => (tag.states === undefined ? null : JSON.stringify(tag.states))),
    wanted.map(({ tag }) => tag.interpolation ?? null),
    wanted.map(({ tag }) => (tag.counter === undefined ? null : JSON.stringify(tag.counter))),
  ];
  await client.query(REVISE_TAGS, [...start, ...meaning]);
}

/** All tags the site has or had. */
export async function readTags(client: ScopedClient, place: { readonly tenant: string; readonly site: string }): Promise<TagRow[]> {
  const text = 'SELECT tag_id AS "tagId", device, name, origin FROM tag WHERE tenant = $1 AND site = $2';
  return (await client.query<TagRow>(text, [place.tenant, place.site])).rows;
}

/** Ids of devices by name. */
export async function readDevices(
  client: ScopedClient,
  place: { readonly tenant: string; readonly site: string },
): Promise<Map<string, number>> {
  const found = await client.query<[string, number]>({
    text: 'SELECT name, device_id FROM device WHERE tenant = $1 AND site = $2',
    values: [place.tenant, place.site],
    rowMode: 'array',
  });
  return new Map(found.rows);
}

/** Devices that each shard of the site has or had. */
export async function readShards(
  client: ScopedClient,
  place: { readonly tenant: string; readonly site: string },
): Promise<Map<string, ReadonlySet<string>>> {
  const found = await client.query<[string, string[]]>({
    text: 'SELECT shard, array_agg(device) FROM shard_device WHERE tenant = $1 AND site = $2 GROUP BY shard',
    values: [place.tenant, place.site],
    rowMode: 'array',
  });
  return new Map(found.rows.map(([shard, devices]) => [shard, new Set(devices)]));
}

const keysOf = (wanted: readonly WantedTag[]): string[][] => [
  wanted.map((one) => one.device),
  wanted.map((one) => one.tag.name),
  wanted.map((one) => one.origin),
];

function tagsInForce(model: SiteModel): WantedTag[] {
  return model.devices.flatMap((device) =>
    device.tags.map((tag) => ({
      device: device.name,
      tag,
      origin: device.simulated ? ('Simulated' as const) : ('Real' as const),
      inForce: true,
    })),
  );
}
