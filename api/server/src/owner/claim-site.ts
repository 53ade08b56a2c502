import type { ScopedClient } from '../ports.ts';

/** Who owns, and until when without renewing. */
export const LEASE_MS = 15_000;

/** The site is ours with this epoch, or another replica's. */
export type Claim =
  | { readonly kind: 'owned'; readonly epoch: number; readonly before: string | undefined }
  | { readonly kind: 'other'; readonly replica: string; readonly endpoint: string };

interface Claimer {
  readonly tenant: string;
  readonly site: string;
  readonly replica: string;
  readonly endpoint: string;
  /** Epoch this process had before; undefined when it has had none: then the site of a process that has gone is retaken at once. */
  readonly epochBefore: number | undefined;
}

const CLAIM = `
INSERT INTO site_owner AS o (tenant, site, replica, endpoint, epoch, expires) VALUES ($1, $2, $3, $4, 1, clock_timestamp() + $5 * interval '1 ms')
ON CONFLICT (tenant, site) DO UPDATE SET replica = $3, endpoint = $4, epoch = o.epoch + 1, expires = excluded.expires
WHERE (o.replica = $3 AND ($6::int8 IS NULL OR o.epoch = $6)) OR o.expires < clock_timestamp()
RETURNING epoch::float8 AS epoch`;

/** Take a site: at once where it was ours (a restart), else when its owner has not renewed. A process that has been fenced does not take back. The epoch rises with every claim. */
export async function claimSite(client: ScopedClient, claimer: Claimer): Promise<Claim> {
  const { tenant, site, replica, endpoint, epochBefore } = claimer;
  const before = await client.query<{ replica: string; endpoint: string }>(
    'SELECT replica, endpoint FROM site_owner WHERE tenant = $1 AND site = $2',
    [tenant, site],
  );
  const claimed = await client.query<{ epoch: number }>(CLAIM, [tenant, site, replica, endpoint, LEASE_MS, epochBefore ?? null]);
  const row = claimed.rows[0];
  if (row !== undefined) return { kind: 'owned', epoch: row.epoch, before: before.rows[0]?.replica };
  return { kind: 'other', replica: before.rows[0]?.replica ?? '', endpoint: before.rows[0]?.endpoint ?? '' };
}

/** Another owner has taken the site: nothing more may be written. */
export class Fenced extends Error {
  override name = 'Fenced';
  readonly code = 'fenced';
}

/** The database has gone back in time: it lacks what it acknowledged. What is in memory is of another history. */
export class Restored extends Error {
  override name = 'Restored';
  readonly code = 'restored';

  constructor(what: string) {
    super(`the database was restored to an earlier point: it lacks blocks that it acknowledged (${what})`);
  }
}

/** In every commit; returns the process of the database that serves it. The share lock makes a claim wait for this commit, so that it loads what is written here. */
export async function assertEpoch(
  client: ScopedClient,
  owner: { readonly tenant: string; readonly site: string; readonly epoch: number },
): Promise<number> {
  const values = [owner.tenant, owner.site, owner.epoch];
  const found = await client.query<{ pid: number }>({
    name: 'assert-epoch',
    text: 'SELECT pg_backend_pid() AS pid FROM site_owner WHERE tenant = $1 AND site = $2 AND epoch = $3 FOR SHARE',
    values,
  });
  const row = found.rows[0];
  if (row === undefined)
    throw new Fenced(`epoch ${owner.epoch} of ${owner.tenant}/${owner.site} is over: another owner has taken the site`);
  return row.pid;
}

/** Renew; false when the site is no longer ours. `release`: let another replica take it at once. */
export async function renewSite(
  client: ScopedClient,
  owner: { readonly tenant: string; readonly site: string; readonly epoch: number },
  release: boolean,
): Promise<boolean> {
  const renewed = await client.query(
    `UPDATE site_owner SET expires = clock_timestamp() + $4 * interval '1 ms' WHERE tenant = $1 AND site = $2 AND epoch = $3`,
    [owner.tenant, owner.site, owner.epoch, release ? -1 : LEASE_MS],
  );
  return renewed.rowCount !== 0;
}
