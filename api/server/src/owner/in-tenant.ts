import type { ScopedClient } from '../ports.ts';
import type { Attempt } from './attempt.ts';

/** A transaction of the owner that sees all sites of a tenant. */
export const inTenant = <T>(attempt: Attempt, tenant: string, run: (client: ScopedClient) => Promise<T>): Promise<T> =>
  attempt.withOwnerScope({ grants: [{ tenant, site: '*' }] }, run);
