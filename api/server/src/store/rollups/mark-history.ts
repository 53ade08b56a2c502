import type { ScopedClient } from '../../ports.ts';
import { type CopiedRows, findDirty, type GrownSpan } from './find-dirty.ts';
import { markDevices, markDirty, markTags, type Place } from './mark-dirty.ts';

/** What a commit changes of history. */
export interface ChangedHistory {
  readonly nowUs: number;
  readonly rows: readonly CopiedRows[];
  readonly grown: readonly GrownSpan[];
}

/** Mark what the sums of have to be reckoned anew, in the transaction that changes it. */
export async function markHistory(client: ScopedClient, place: Place, changed: ChangedHistory): Promise<void> {
  const { hours, lateTags, lateDevices } = findDirty(changed);
  await markDirty(client, place, hours);
  await markTags(client, place, lateTags);
  await markDevices(client, place, lateDevices);
}
