import type { Device } from '@kubeplant/api-client';
import { Paper } from '@mui/material';
import { useNavigate } from 'react-router-dom';
import { AlarmTable } from '../alarms/AlarmTable.tsx';
import { JournalTable } from '../journal/JournalTable.tsx';
import { useAlarmsOf } from '../live/use-live.ts';
import { EmptyState } from '../ui/Notice.tsx';
import { Section } from '../overview/Section.tsx';

/** Alarms that stand on a device, and its journal. */
export function DeviceAlarms({ device }: { readonly device: Device }) {
  const navigate = useNavigate();
  const { alarms } = useAlarmsOf({ namespace: device.namespace, device: device.name });
  return (
    <>
      <Paper sx={{ mb: 1.5, overflow: 'hidden' }}>
        {alarms.length === 0 ? (
          <EmptyState title="No alarm stands on this device" />
        ) : (
          <AlarmTable alarms={alarms} onOpen={(id) => navigate(`/alarms?alarm=${encodeURIComponent(id)}`)} />
        )}
      </Paper>
      <Section title="Journal of this device">
        <JournalTable filter={{ namespace: device.namespace, device: device.name }} />
      </Section>
    </>
  );
}
