import type { OwnerDeps } from './session.ts';

/** A transaction of the owner that sees all sites of a tenant. */
export const inTenant = <T>(deps: OwnerDeps, tenant: string, run: Parameters<typeof deps.store.withOwnerScope<T>>[1]): Promise<T> =>
  deps.store.withOwnerScope({ grants: [{ tenant, site: '*' }] }, run);
