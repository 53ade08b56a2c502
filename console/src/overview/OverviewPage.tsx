import { Alert, Box } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';
import { formatAge } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { useSites } from '../ui/use-sites.ts';
import { AlarmCounts } from './AlarmCounts.tsx';
import { Figures } from './Figures.tsx';
import { LatestAlarms } from './LatestAlarms.tsx';
import { NotFlowing } from './NotFlowing.tsx';
import { PlantState } from './PlantState.tsx';
import { SiteCards } from './SiteCards.tsx';

/** Figures are asked for every five seconds; a question that fails takes ten. */
const OLD_MS = 12_000;

/** The plant at a glance. */
export function OverviewPage() {
  const client = useClient();
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => client.overview({}, signal), refetchInterval: 5_000 });
  const sites = useSites();
  const ageMs = useNow() - overview.dataUpdatedAt;
  const isRecorded = (sites.data ?? []).every(({ recording }) => recording);
  const { data } = overview;
  if (data === undefined)
    return (
      <Page title="Overview">
        {overview.isError ? <ErrorState error={overview.error} onRetry={() => void overview.refetch()} /> : <LoadingState />}
      </Page>
    );
  if (data.state === 'Empty')
    return (
      <Page title="Overview">
        <EmptyState title="There is no plant yet">
          <p>
            Declare a site and its devices in YAML, then apply them: <code>kubectl apply -f my-plant/</code> on Kubernetes, or{' '}
            <code>kubeplant up my-plant/</code> on this machine. They appear here within seconds.
          </p>
          <p>
            A whole example to start from is <code>examples/first-plant</code>. If you expected to see a plant, ask an administrator for a
            role in it.
          </p>
        </EmptyState>
      </Page>
    );
  return (
    <Page title="Overview" heading={<PlantState state={isRecorded ? data.state : 'NotRecording'} />}>
      {ageMs > OLD_MS && (
        <Alert severity="warning" sx={{ mb: 1.5 }}>
          The figures below are {formatAge(ageMs)} old: the api has no new ones to give.
        </Alert>
      )}
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 2fr) minmax(0, 1fr)' } }}>
        <Box sx={{ display: 'grid', gap: 1.5, alignContent: 'start', minWidth: 0 }}>
          <Figures overview={data} />
          <SiteCards sites={sites.data ?? []} />
          <LatestAlarms />
        </Box>
        <Box sx={{ display: 'grid', gap: 1.5, alignContent: 'start', minWidth: 0 }}>
          <AlarmCounts counts={data.alarms} />
          <NotFlowing devices={data.notFlowing} total={data.devices.notFlowing} />
        </Box>
      </Box>
    </Page>
  );
}
