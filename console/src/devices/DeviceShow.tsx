import { Tab, Tabs } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router-dom';
import { useClient } from '../app/DepsContext.tsx';
import { fromId } from '../providers/ids.ts';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { DeviceAlarms } from './DeviceAlarms.tsx';
import { DeviceFindings } from './DeviceFindings.tsx';
import { DeviceHeader } from './DeviceHeader.tsx';
import { DeviceTags } from './DeviceTags.tsx';
import { EffectiveYaml } from './EffectiveYaml.tsx';
import { ResourceEditor } from './ResourceEditor.tsx';

const TABS = [
  ['live', 'Live'],
  ['alarms', 'Alarms'],
  ['declared', 'Declared YAML'],
  ['effective', 'Effective YAML'],
  ['conditions', 'Conditions'],
] as const;

/** A device: what it says now, how it is connected, how it is declared. */
export function DeviceShow() {
  const key = fromId(useParams().id ?? '');
  return key === undefined ? <EmptyState title="That is not the address of a device" /> : <DevicePage {...key} />;
}

function DevicePage({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  const client = useClient();
  const [params, setParams] = useSearchParams();
  const wanted = params.get('tab');
  const tab = TABS.find(([id]) => id === wanted)?.[0] ?? 'live';
  const query = useQuery({
    queryKey: ['device', namespace, name],
    queryFn: async ({ signal }) => {
      const { items } = await client.devices.list({ namespace, q: name, limit: 1000 }, signal);
      return items.find((device) => device.name === name) ?? null;
    },
    refetchInterval: 3_000,
  });
  if (query.isPending) return <LoadingState />;
  if (query.isError)
    return (
      <Page title={name}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  if (query.data === null)
    return (
      <Page title={name}>
        <EmptyState title={`There is no device ${namespace}/${name}`}>
          It may have been removed from the declaration, or you have no role in its site.
        </EmptyState>
      </Page>
    );
  const device = query.data;
  const title = device.displayName ?? device.name;
  return (
    <Page title={title}>
      <DeviceHeader device={device} />
      <Tabs
        value={tab}
        onChange={(_, next: string) => setParams(next === 'live' ? {} : { tab: next })}
        variant="scrollable"
        allowScrollButtonsMobile
        aria-label="Parts of the device"
        sx={{ mb: 1.5, borderBottom: 1, borderColor: 'divider' }}
      >
        {TABS.map(([id, label]) => (
          <Tab key={id} value={id} label={label} />
        ))}
      </Tabs>
      {tab === 'live' && <DeviceTags device={device} />}
      {tab === 'alarms' && <DeviceAlarms device={device} />}
      {tab === 'declared' && <ResourceEditor namespace={namespace} site={device.site} plural="devices" name={name} />}
      {tab === 'effective' && <EffectiveYaml namespace={namespace} name={name} revision={device.revision} />}
      {tab === 'conditions' && <DeviceFindings device={device} />}
    </Page>
  );
}
