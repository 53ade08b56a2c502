import type { SiteState } from '../site/site-state.ts';

/** Until when a tag is known to be as last sent: its newest reading, or its device's confirmation. */
export function confirmedUs(site: SiteState, slot: number): number {
  const { points } = site;
  const read = Math.max(points.times[slot] ?? -Infinity, points.knownSince[slot] ?? -Infinity);
  return Math.max(read, observedUs(site, slot));
}

/** Until when the tag's device confirmed it; a calculated tag is confirmed as far as all devices behind its inputs. */
export function observedUs(site: SiteState, slot: number): number {
  const sources = site.sourcesOf.get(slot);
  if (sources === undefined) return site.devices.get(site.points.devices[slot] ?? '')?.observedUs ?? -Infinity;
  let until = sources.length === 0 ? -Infinity : Infinity;
  for (const source of sources) until = Math.min(until, source.observedUs);
  return until;
}
