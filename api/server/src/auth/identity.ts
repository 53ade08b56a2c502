import { allows, type Grant, type Permission, ROLE_PERMISSIONS, PERMISSIONS, type Role } from '@kubeplant/api-client';
import type { Scope } from '../ports.ts';

/** Who asks: a user with a session, or the command of the local plant. */
export interface Identity {
  readonly kind: 'user' | 'cli';
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly grants: readonly Grant[];
  readonly mustChangePassword: boolean;
  readonly sessionId?: string;
  /** When the access token ends; absent: never. */
  readonly expiresAtMs?: number;
}

/** Tenant of a namespace; `*` stays `*`. */
export const toTenant = (cluster: string, namespace: string): string => (namespace === '*' ? '*' : `${cluster}/${namespace}`);

/** Namespace of a tenant. */
export const toNamespace = (tenant: string): string => tenant.slice(tenant.lastIndexOf('/') + 1);

/** Where the identity holds the permission. */
export function toScope(identity: Identity, permission: Permission, cluster: string): Scope {
  const grants = identity.grants.filter((grant) => ROLE_PERMISSIONS[grant.role].includes(permission));
  return { grants: grants.map(({ namespace, site }) => ({ tenant: toTenant(cluster, namespace), site: namespace === '*' ? '*' : site })) };
}

/** True when the scope covers that site. */
export function covers(scope: Scope, tenant: string, site: string): boolean {
  return scope.grants.some((grant) => (grant.tenant === '*' || grant.tenant === tenant) && (grant.site === '*' || grant.site === site));
}

/** True when the identity holds the permission somewhere; user administration counts only everywhere. */
export function holds(identity: Identity, permission: Permission): boolean {
  if (permission === 'user.administer') return allows(identity.grants, permission, { namespace: '*', site: '*' });
  return identity.grants.some((grant) => ROLE_PERMISSIONS[grant.role].includes(permission));
}

/** All permissions held somewhere. */
export const permissionsOf = (identity: Identity): Permission[] => PERMISSIONS.filter((permission) => holds(identity, permission));

/** True when these grants make an administrator of users. */
export const isAdmin = (grants: readonly { readonly role: Role; readonly namespace: string; readonly site: string }[]): boolean =>
  allows(grants, 'user.administer', { namespace: '*', site: '*' });
