import { Box, Button, Checkbox, Typography } from '@mui/material';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import type { AlarmRowProps } from './AlarmRow.tsx';
import { AlarmStateMark } from './AlarmStateMark.tsx';
import { isUnacknowledged } from './urgency.ts';

/** An alarm on a phone. */
export function AlarmCard({ alarm, selected, onToggle, onOpen, onAcknowledge }: AlarmRowProps) {
  const waits = isUnacknowledged(alarm);
  return (
    <Box data-alarm={alarm.id} sx={{ display: 'flex', gap: 0.5, p: 1.2, borderBottom: 1, borderColor: 'divider' }}>
      {onToggle !== undefined && (
        <Checkbox
          size="small"
          checked={selected}
          onChange={onToggle}
          sx={{ alignSelf: 'start' }}
          slotProps={{ input: { 'aria-label': `Select ${alarm.message}` } }}
        />
      )}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1 }}>
          <PriorityMark priority={alarm.priority} filled={waits} />
          <Typography variant="body2" component="span">
            <TimeText time={alarm.activeTime} place={alarm} />
          </Typography>
        </Box>
        <Typography
          component="button"
          onClick={onOpen}
          sx={{ all: 'unset', cursor: 'pointer', display: 'block', fontWeight: waits ? 600 : 400, my: 0.4, overflowWrap: 'anywhere' }}
        >
          {alarm.message}
        </Typography>
        <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: 1 }}>
          <AlarmStateMark alarm={alarm} />
          {onAcknowledge !== undefined && (
            <Button size="small" variant="outlined" onClick={onAcknowledge}>
              Acknowledge
            </Button>
          )}
        </Box>
        <Typography variant="caption" color="textSecondary">
          {alarm.device} {alarm.tag}
        </Typography>
      </Box>
    </Box>
  );
}
