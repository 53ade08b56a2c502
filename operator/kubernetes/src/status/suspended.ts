import type { WantedCondition } from './conditions.ts';

/** Present while the resource is suspended. */
export const suspended = ({ spec }: { readonly spec?: { readonly suspend?: boolean | undefined } }): WantedCondition => ({
  type: 'Suspended',
  status: spec?.suspend === true ? 'True' : 'False',
  reason: 'SuspendRequested',
  message: 'spec.suspend is true: what runs keeps running, changes are not applied.',
});
