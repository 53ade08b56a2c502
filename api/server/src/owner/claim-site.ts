import type { ScopedClient } from '../ports.ts';

/** Who owns, and until when without renewing. */
export const LEASE_MS = 15_000;

/** The site is ours with this epoch. */
export interface OwnedClaim {
  readonly kind: 'owned';
  readonly epoch: number;
  /** The replica that owned it last. */
  readonly before: string | undefined;
  /** The database lacks an epoch that was given: it was restored to an earlier point. */
  readonly wentBack: boolean;
}

/** The site is ours, or another replica's. */
export type Claim = OwnedClaim | { readonly kind: 'other'; readonly replica: string; readonly endpoint: string };

interface Claimer {
  readonly tenant: string;
  readonly site: string;
  readonly replica: string;
  readonly endpoint: string;
  /** Epoch this process had before; undefined when it has had none: then the site of a process that has gone is retaken at once. */
  readonly epochBefore: number | undefined;
  /** Highest epoch this process has heard of; 0: none. */
  readonly heardEpoch: number;
}

const CLAIM = `
INSERT INTO site_owner AS o (tenant, site, replica, endpoint, epoch, expires) VALUES ($1, $2, $3, $4, greatest($6::int8, $7) + 1, clock_timestamp() + $5 * interval '1 ms')
ON CONFLICT (tenant, site) DO UPDATE SET replica = $3, endpoint = $4, epoch = greatest(o.epoch + 1, excluded.epoch), expires = excluded.expires
WHERE (o.replica = $3 AND ($6::int8 IS NULL OR o.epoch <= $6)) OR o.expires < clock_timestamp()
RETURNING epoch::float8 AS epoch`;

/** Take a site: at once where it was ours (a restart), else when its owner has not renewed. A process that has been fenced does not take back. The epoch rises with every claim. */
export async function claimSite(client: ScopedClient, claimer: Claimer): Promise<Claim> {
  const { tenant, site, replica, endpoint, epochBefore, heardEpoch } = claimer;
  const found = await client.query<{ replica: string; endpoint: string; epoch: number }>(
    'SELECT replica, endpoint, epoch::float8 AS epoch FROM site_owner WHERE tenant = $1 AND site = $2',
    [tenant, site],
  );
  const before = found.rows[0];
  const values = [tenant, site, replica, endpoint, LEASE_MS, epochBefore ?? null, heardEpoch];
  const row = (await client.query<{ epoch: number }>(CLAIM, values)).rows[0];
  if (row === undefined) return { kind: 'other', replica: before?.replica ?? '', endpoint: before?.endpoint ?? '' };
  const newest = before?.epoch ?? 0;
  /** The last epoch is this process's, and yet one was given under it that this process did not give. */
  const givenTwice = heardEpoch === epochBefore && newest === epochBefore;
  const wentBack = newest < Math.max(epochBefore ?? 0, heardEpoch) || givenTwice;
  return { kind: 'owned', epoch: row.epoch, before: before?.replica, wentBack };
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
    super(`the database was restored to an earlier point: it lacks ${what} that it acknowledged`);
  }
}

/** A collector was given its epoch by an owner after this one, or by one before the database was restored. The next claim shows which. */
export class HeardOfLater extends Error {
  override name = 'HeardOfLater';
  readonly code = 'heard-of-later';
  readonly ownerEpoch: number;

  constructor(who: string, ownerEpoch: number) {
    super(`${who} has epoch ${ownerEpoch} of an owner that is not known here`);
    this.ownerEpoch = ownerEpoch;
  }
}

/** In every commit. The share lock makes a claim wait for this commit, so that it loads what is written here. */
export async function assertEpoch(
  client: ScopedClient,
  owner: { readonly tenant: string; readonly site: string; readonly epoch: number },
): Promise<void> {
  const found = await client.query({
    name: 'assert-epoch',
    text: 'SELECT 1 FROM site_owner WHERE tenant = $1 AND site = $2 AND epoch = $3 FOR SHARE',
    values: [owner.tenant, owner.site, owner.epoch],
  });
  if (found.rowCount === 0)
    throw new Fenced(`epoch ${owner.epoch} of ${owner.tenant}/${owner.site} is over: another owner has taken the site`);
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
