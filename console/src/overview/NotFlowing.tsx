import type { Device } from '@kubeplant/api-client';
import { Box, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { devicePath } from '../providers/ids.ts';
import { HealthMark } from '../ui/HealthMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { Section } from './Section.tsx';

/** Devices from which values should come, and do not. */
export function NotFlowing({ devices, total }: { readonly devices: readonly Device[]; readonly total: number }) {
  return (
    <Section title="Devices without data">
      {devices.length === 0 && <Typography color="textSecondary">None: every device delivers.</Typography>}
      <Box sx={{ display: 'grid', gap: 1.2 }}>
        {devices.map((device) => (
          <Box key={`${device.namespace}/${device.name}`}>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
              <Link to={devicePath(device.namespace, device.name)} style={{ color: 'inherit', fontWeight: 600 }}>
                {device.displayName ?? device.name}
              </Link>
              <TimeText time={device.since} place={device} />
            </Box>
            <HealthMark device={device} reason />
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {device.message}
            </Typography>
          </Box>
        ))}
      </Box>
      {total > devices.length && (
        <Typography variant="body2" sx={{ mt: 1 }}>
          <Link to="/devices?filter=%7B%22dataFlowing%22%3Afalse%7D">All {total}</Link>
        </Typography>
      )}
    </Section>
  );
}
