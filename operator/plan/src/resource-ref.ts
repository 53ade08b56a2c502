import type { ResourceRef } from '@kubeplant/crds/model';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

/** Namespace of a resource; `default` where none is written. */
export const namespaceOf = (resource: Named): string => resource.metadata.namespace ?? 'default';

/** Key of a resource within its kind. */
export const keyOf = (resource: Named): string => `${namespaceOf(resource)}/${resource.metadata.name}`;

/** Reference to a namespaced resource. */
export const refOf = (resource: Named): ResourceRef => ({
  kind: resource.kind,
  namespace: namespaceOf(resource),
  name: resource.metadata.name,
});
