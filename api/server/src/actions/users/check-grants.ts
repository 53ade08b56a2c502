import type { Grant } from '@kubeplant/api-client';
import { invalidInput } from '../action-error.ts';

/** A site is in a namespace: `*` with a site name would mean sites of that name anywhere. */
export function checkGrants(grants: readonly Grant[]): void {
  const errors = grants.flatMap((grant, index) =>
    grant.namespace === '*' && grant.site !== '*'
      ? [
          {
            field: `grants.${index}.site`,
            message: `is ${grant.site}; with the namespace * it must be *, or name the namespace of the site`,
          },
        ]
      : [],
  );
  if (errors.length > 0) throw invalidInput(errors);
}
