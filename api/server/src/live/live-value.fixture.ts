import type { LiveValue, TagId } from '../ports.ts';

/** A value whose number is also its time, in milliseconds. */
export const liveValue = (tenant: string, site: string, path: string, number: number, more: Partial<LiveValue> = {}): LiveValue => ({
  tagId: 1 as TagId, // A brand, given by the store in real life.
  tenant,
  site,
  path,
  timeUs: number * 1000,
  value: number,
  status: 0,
  flags: 0,
  origin: 'Real',
  ...more,
});
