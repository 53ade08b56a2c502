import type { Site } from '@kubeplant/api-client';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';

/** All sites the user may see, kept fresh. */
export function useSites() {
  const client = useClient();
  return useQuery({
    queryKey: ['sites', 'all'],
    queryFn: ({ signal }) => client.sites.list({ limit: 1000 }, signal).then(({ items }) => items),
    refetchInterval: 5_000,
  });
}

/** Time zone of a site; UTC until it is known. */
export function useTimeZone(): (place: { readonly namespace: string; readonly site: string }) => string {
  const { data = [] } = useSites();
  return (place) => findSite(data, place)?.timezone ?? 'UTC';
}

export const findSite = (sites: readonly Site[], place: { readonly namespace: string; readonly site: string }): Site | undefined =>
  sites.find((site) => site.namespace === place.namespace && site.name === place.site);
