import type { DeclaredResource } from '@kubeplant/crds/model';
import { applyDefaults } from '@kubeplant/crds/validate';

/** A valid resource with the schema's defaults, but without a status: this host keeps none, the api derives it. */
export function completeResource(object: unknown): DeclaredResource {
  // Valid by schema: it has the shape of a resource.
  const { status: _none, ...declared } = applyDefaults(object) as DeclaredResource;
  return declared;
}
