import type { Alarm } from '@kubeplant/api-client';
import CloseIcon from '@mui/icons-material/Close';
import { Box, Button, Drawer, IconButton, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { useAllows, useClient } from '../app/DepsContext.tsx';
import { formatReason } from '../format/reason.ts';
import { formatAlarmValue } from '../format/value.ts';
import { JournalTable } from '../journal/JournalTable.tsx';
import { useStandingAlarms } from '../live/use-live.ts';
import { devicePath } from '../providers/ids.ts';
import { ErrorState, LoadingState } from '../ui/Notice.tsx';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { AlarmStateMark } from './AlarmStateMark.tsx';
import { CommentForm } from './CommentForm.tsx';
import { isUnacknowledged } from './urgency.ts';

/** What an alarm means, what to do, and what has happened to it. Open while `id` is not empty. */
export function AlarmDrawer({
  id,
  onClose,
  onAcknowledge,
}: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onAcknowledge: (id: string) => void;
}) {
  return (
    <Drawer anchor="right" open={id !== ''} onClose={onClose} slotProps={{ paper: { sx: { width: { xs: '100%', sm: 460 } } } }}>
      {id !== '' && <Details id={id} onClose={onClose} onAcknowledge={onAcknowledge} />}
    </Drawer>
  );
}

function Details({
  id,
  onClose,
  onAcknowledge,
}: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onAcknowledge: (id: string) => void;
}) {
  const client = useClient();
  const live = useStandingAlarms().alarms.find((alarm) => alarm.id === id);
  const query = useQuery({ queryKey: ['alarm', id, live?.version], queryFn: () => client.alarms.get(id), enabled: live === undefined });
  const alarm = live ?? query.data;
  return (
    <Box sx={{ p: 2 }} role="dialog" aria-label="Alarm">
      <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'start', mb: 1 }}>
        <Typography variant="h1">{alarm?.message ?? 'Alarm'}</Typography>
        <IconButton onClick={onClose} aria-label="Close" autoFocus>
          <CloseIcon />
        </IconButton>
      </Box>
      {alarm === undefined && (query.isError ? <ErrorState error={query.error} /> : <LoadingState />)}
      {alarm !== undefined && <AlarmDetails alarm={alarm} onAcknowledge={() => onAcknowledge(id)} />}
    </Box>
  );
}

function AlarmDetails({ alarm, onAcknowledge }: { readonly alarm: Alarm; readonly onAcknowledge: () => void }) {
  const mayOperate = useAllows()('alarm.operate', alarm);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, mb: 1.5, alignItems: 'center' }}>
        <PriorityMark priority={alarm.priority} filled={isUnacknowledged(alarm)} />
        <AlarmStateMark alarm={alarm} />
        {alarm.simulated && <SimulatedMark />}
      </Box>
      <Box component="dl" sx={{ m: 0, display: 'grid', gap: 1 }}>
        <Fact label="Consequence">{alarm.consequence}</Fact>
        <Fact label="What to do">{alarm.correctiveAction}</Fact>
        <Fact label="Time to respond">{alarm.responseTime}</Fact>
        <Fact label="Why there is this alarm">{alarm.rationale}</Fact>
        <Fact label="Device and tag">
          <Link to={devicePath(alarm.namespace, alarm.device)}>{alarm.device}</Link> {alarm.tag}
        </Fact>
        <Fact label="Rule">{alarm.rule === '' ? 'Built in: communication lost' : `${alarm.rule}, ${formatReason(alarm.limit)}`}</Fact>
        <Fact label="Value">{formatAlarmValue(alarm)}</Fact>
        <Fact label="Raised">{alarm.activeTime && <TimeText time={alarm.activeTime} place={alarm} short={false} />}</Fact>
        <Fact label="Returned to normal">{alarm.clearedTime && <TimeText time={alarm.clearedTime} place={alarm} short={false} />}</Fact>
        <Fact label="Acknowledged">
          {alarm.acknowledgedTime && (
            <>
              <TimeText time={alarm.acknowledgedTime} place={alarm} short={false} /> by {alarm.acknowledgedBy ?? 'the rule itself'}
            </>
          )}
        </Fact>
        <Fact label="Comment">{alarm.comment}</Fact>
      </Box>
      <Box sx={{ display: 'flex', gap: 1, my: 2 }}>
        {mayOperate && isUnacknowledged(alarm) && (
          <Button variant="contained" onClick={onAcknowledge}>
            Acknowledge
          </Button>
        )}
        {alarm.tag !== '' && (
          <Button
            variant="outlined"
            component={Link}
            to={`/trend?pens=${encodeURIComponent(`${alarm.namespace}/${alarm.device}/${alarm.tag}`)}`}
          >
            Trend
          </Button>
        )}
      </Box>
      {mayOperate && <CommentForm alarm={alarm} />}
      <Typography variant="h2" sx={{ mt: 2, mb: 1 }}>
        Journal of this alarm
      </Typography>
      <JournalTable filter={{ alarm: alarm.id }} narrow />
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  if (children === undefined || children === '') return null;
  return (
    <Box>
      <Typography component="dt" variant="caption" color="textSecondary">
        {label}
      </Typography>
      <Typography component="dd" variant="body2" sx={{ m: 0 }}>
        {children}
      </Typography>
    </Box>
  );
}
