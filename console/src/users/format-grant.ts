import type { Grant } from '@kubeplant/api-client';

/** `operator in site riverside (default)`. */
export function formatGrant({ role, namespace, site }: Grant): string {
  if (namespace === '*') return `${role} everywhere`;
  return site === '*' ? `${role} in namespace ${namespace}` : `${role} in site ${site} (${namespace})`;
}
