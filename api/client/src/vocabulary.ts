/** Roles, least first; each may do what the one before may. */
export const ROLES = ['viewer', 'operator', 'engineer', 'admin'] as const;
/** Role of a user in a site, a namespace or everywhere. */
export type Role = (typeof ROLES)[number];

/** What an action asks of a user. */
export const PERMISSIONS = ['read', 'alarm.operate', 'resource.edit', 'user.administer'] as const;
/** What an action asks of a user. */
export type Permission = (typeof PERMISSIONS)[number];

/** What each role may do where it is granted. `user.administer` counts only when granted everywhere. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'alarm.operate'],
  engineer: ['read', 'alarm.operate', 'resource.edit'],
  admin: ['read', 'alarm.operate', 'resource.edit', 'user.administer'],
};

/** Path names of the namespaced kinds. */
export const PLURALS = ['sites', 'devices', 'deviceprofiles', 'alarmrules', 'simulations'] as const;
/** Path name of a namespaced kind. */
export type Plural = (typeof PLURALS)[number];

/** Kind of a path name. */
export const KIND_OF_PLURAL = {
  sites: 'Site',
  devices: 'Device',
  deviceprofiles: 'DeviceProfile',
  alarmrules: 'AlarmRule',
  simulations: 'Simulation',
} as const satisfies Record<Plural, string>;

/**
 * Figures a bucket of history may have: `avg` weighs each value by the time it held; `value` is the value at the beginning
 * of the bucket; `increase` is what a counter counted; `integral` is value × seconds; `goodMs` how long the value was known
 * and good; `durations` how long each state held.
 */
export const AGGREGATES = ['avg', 'min', 'max', 'first', 'last', 'count', 'value', 'increase', 'integral', 'goodMs', 'durations'] as const;
/** Figure of a bucket of history. */
export type Aggregate = (typeof AGGREGATES)[number];

/** True when one of the grants allows it there. `*` asks for the grant that holds everywhere. */
export function allows(
  grants: readonly { readonly role: Role; readonly namespace: string; readonly site: string }[],
  permission: Permission,
  place: { readonly namespace: string; readonly site: string },
): boolean {
  return grants.some(
    (grant) =>
      ROLE_PERMISSIONS[grant.role].includes(permission) &&
      (grant.namespace === '*' || (grant.namespace === place.namespace && (grant.site === '*' || grant.site === place.site))),
  );
}

/** Formats of an export. */
export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
/** Format of an export. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How far an export is. `Done`, `Failed` and `Cancelled` are ends. */
export const EXPORT_STATES = ['Queued', 'Running', 'Done', 'Failed', 'Cancelled'] as const;
/** How far an export is. */
export type ExportState = (typeof EXPORT_STATES)[number];
