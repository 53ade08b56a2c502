import { Status } from '@kubeplant/words';
import type { LiveValue } from '../ports.ts';
import type { CommittedValue } from './prepared.ts';

/**
 * A value as shown. `offline`: its collector is silent, so that nobody knows; the overlay is shown and never stored.
 */
export function toLiveValue(place: { readonly tenant: string; readonly site: string }, shown: CommittedValue, offline: boolean): LiveValue {
  const { timeUs, value, text, flags } = shown;
  const { tagId, path, origin } = shown.series;
  return {
    tagId,
    tenant: place.tenant,
    site: place.site,
    path,
    timeUs,
    value: Number.isFinite(value) ? value : null,
    ...(text === undefined ? {} : { text }),
    status: offline ? Status.BadNoCommunication : shown.status,
    flags,
    origin,
  };
}
