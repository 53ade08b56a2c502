import type { Device } from '@kubeplant/api-client';
import { Alert, Box, Paper, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { formatCause, formatReason } from '../format/reason.ts';
import { HealthMark, healthOf } from '../ui/HealthMark.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { findSite, useSites } from '../ui/use-sites.ts';

/** How it stands, since when and why; where it is. */
export function DeviceHeader({ device }: { readonly device: Device }) {
  const { data: sites = [] } = useSites();
  const site = findSite(sites, device);
  const area = site?.areas.find(({ path }) => path === device.area)?.displayName ?? device.area;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Device', `${device.namespace}/${device.name}`],
    ['Designation', device.designation],
    ['Site', site?.displayName ?? device.site],
    ['Area', area],
    ['Protocol', device.protocol],
    ['Tags', `${device.tags}${device.badTags > 0 ? `, ${device.badTags} bad` : ''}`],
    ['Collector', device.shard],
    ['Revision', device.revision],
  ];
  const abnormal = ['partly', 'noData', 'disconnected', 'unknown'].includes(healthOf(device));
  return (
    <Paper sx={{ p: 1.8, mb: 1.5 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', mb: 1 }}>
        <HealthMark device={device} reason />
        {device.since !== undefined && (
          <Typography variant="body2" color="textSecondary">
            since <TimeText time={device.since} place={device} />
          </Typography>
        )}
        {!device.ready && <Typography variant="body2">Declared, not applied yet</Typography>}
        {device.simulated && <SimulatedMark />}
      </Box>
      {abnormal && device.message !== '' && (
        <Typography variant="body2" sx={{ mb: 1, overflowWrap: 'anywhere' }}>
          {device.message}
        </Typography>
      )}
      <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3.5, rowGap: 0.8 }}>
        {facts
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([label, value]) => (
            <Box key={label}>
              <Typography component="dt" variant="caption" color="textSecondary">
                {label}
              </Typography>
              <Typography component="dd" variant="body2" sx={{ m: 0 }}>
                {value}
              </Typography>
            </Box>
          ))}
      </Box>
      <Collectors device={device} />
      <Rejected device={device} />
    </Paper>
  );
}

/** Collectors of its shard, where there is more to say of them than that one polls. */
function Collectors({ device }: { readonly device: Device }) {
  const { collectors = [] } = device;
  if (collectors.length < 2 && collectors.every(({ standing, problem }) => standing === 'Active' && problem === undefined)) return null;
  return (
    <Box component="ul" sx={{ m: 0, mt: 1.2, pl: 2.5 }} aria-label="Collectors">
      {collectors.map(({ instance, standing, reason, problem }) => (
        <Typography component="li" variant="body2" key={instance} sx={{ overflowWrap: 'anywhere' }}>
          {instance}: {standing === 'Active' ? 'polls this device' : `stands by – ${formatCause(reason)}`}
          {problem === undefined ? '' : ` – ${formatCause(problem)}`}
        </Typography>
      ))}
    </Box>
  );
}

/** Tags the device refused, each with what it said. */
function Rejected({ device }: { readonly device: Device }) {
  if (device.rejected.length === 0) return null;
  return (
    <Alert severity="warning" sx={{ mt: 1.5 }}>
      {device.rejected.length === 1 ? 'One tag is' : `${device.rejected.length} tags are`} refused by the device; the others are read. They
      are tried again by themselves.
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {device.rejected.map(({ tag, reason }) => (
          <li key={tag}>
            <b>{tag}</b>: {formatReason(reason)}
          </li>
        ))}
      </Box>
    </Alert>
  );
}
