import type { Alarm } from '@kubeplant/api-client';
import { Box, Button, Checkbox, Link as MuiLink, TableCell, TableRow } from '@mui/material';
import { Link } from 'react-router-dom';
import { formatAlarmValue } from '../format/value.ts';
import { devicePath } from '../providers/ids.ts';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { AlarmStateMark } from './AlarmStateMark.tsx';
import { isUnacknowledged } from './urgency.ts';

/** One alarm, and what can be done with it. */
export interface AlarmRowProps {
  readonly alarm: Alarm;
  readonly selected: boolean;
  readonly onToggle?: () => void;
  readonly onOpen?: () => void;
  readonly onAcknowledge?: () => void;
}

export function AlarmRow({
  alarm,
  selected,
  onToggle,
  onOpen,
  onAcknowledge,
  selectable,
  operable,
}: AlarmRowProps & { readonly selectable: boolean; readonly operable: boolean }) {
  const waits = isUnacknowledged(alarm);
  return (
    <TableRow hover selected={selected} data-alarm={alarm.id}>
      {selectable && (
        <TableCell padding="checkbox">
          <Checkbox
            size="small"
            checked={selected}
            disabled={onToggle === undefined}
            onChange={onToggle}
            slotProps={{ input: { 'aria-label': `Select ${alarm.message}` } }}
          />
        </TableCell>
      )}
      <TableCell>
        <PriorityMark priority={alarm.priority} filled={waits} />
      </TableCell>
      <TableCell>
        <AlarmStateMark alarm={alarm} />
      </TableCell>
      <TableCell sx={{ fontWeight: waits ? 600 : 400, minWidth: 200 }}>
        {onOpen === undefined ? (
          alarm.message
        ) : (
          <MuiLink component="button" onClick={onOpen} underline="hover" sx={{ textAlign: 'left', font: 'inherit', color: 'text.primary' }}>
            {alarm.message}
          </MuiLink>
        )}
      </TableCell>
      <TableCell>
        <Link to={devicePath(alarm.namespace, alarm.device)} style={{ color: 'inherit' }}>
          {alarm.device}
        </Link>
        {alarm.tag !== '' && (
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {' '}
            {alarm.tag}
          </Box>
        )}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {formatAlarmValue(alarm) ?? '–'}
      </TableCell>
      <TableCell>
        <TimeText time={alarm.activeTime} place={alarm} />
      </TableCell>
      {operable && (
        <TableCell align="right" sx={{ py: 0 }}>
          {onAcknowledge !== undefined && (
            <Button size="small" onClick={onAcknowledge} aria-label={`Acknowledge ${alarm.message}`}>
              Acknowledge
            </Button>
          )}
        </TableCell>
      )}
    </TableRow>
  );
}
