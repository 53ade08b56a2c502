import { Status } from '@kubeplant/words';
import type { LiveValue } from '../ports.ts';
import type { CommittedValue } from './prepared.ts';

interface Shown extends Omit<CommittedValue, 'receivedUs'> {}

/**
 * A value as shown. `offline`: its collector is silent, so that nobody knows; the overlay is shown and never stored.
 */
export function toLiveValue(place: { readonly tenant: string; readonly site: string }, shown: Shown, offline: boolean): LiveValue {
  const { tagId, path, timeUs, value, text, flags, origin } = shown;
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
