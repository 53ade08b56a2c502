import type { Alarm } from '@kubeplant/api-client';
import { Box, Checkbox, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, useMediaQuery, useTheme } from '@mui/material';
import { useAllows } from '../app/DepsContext.tsx';
import { AlarmCard } from './AlarmCard.tsx';
import { AlarmRow } from './AlarmRow.tsx';
import { isUnacknowledged } from './urgency.ts';

/** Alarms, and what can be done with them; without handlers only to read. */
export interface AlarmTableProps {
  readonly alarms: readonly Alarm[];
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
  readonly onOpen?: (id: string) => void;
  readonly onAcknowledge?: (id: string) => void;
}

/** Alarms as rows; as cards on a phone. */
export function AlarmTable({ alarms, selected = new Set(), onSelect, onOpen, onAcknowledge }: AlarmTableProps) {
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('sm'));
  const allows = useAllows();
  const operable = alarms.filter((alarm) => isUnacknowledged(alarm) && allows('alarm.operate', alarm));
  const operableIds = new Set(operable.map(({ id }) => id));
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect?.(next);
  };
  const propsOf = (alarm: Alarm) => ({
    alarm,
    selected: selected.has(alarm.id),
    ...(onSelect !== undefined && operableIds.has(alarm.id) ? { onToggle: () => toggle(alarm.id) } : {}),
    ...(onOpen === undefined ? {} : { onOpen: () => onOpen(alarm.id) }),
    ...(onAcknowledge !== undefined && operableIds.has(alarm.id) ? { onAcknowledge: () => onAcknowledge(alarm.id) } : {}),
  });
  if (phone)
    return (
      <Box sx={{ display: 'grid' }}>
        {alarms.map((alarm) => (
          <AlarmCard key={alarm.id} {...propsOf(alarm)} />
        ))}
      </Box>
    );
  const chosen = operable.filter(({ id }) => selected.has(id)).length;
  return (
    <TableContainer>
      <Table size="small" aria-label="Alarms">
        <TableHead>
          <TableRow>
            {onSelect !== undefined && (
              <TableCell padding="checkbox">
                <Checkbox
                  size="small"
                  disabled={operable.length === 0}
                  checked={operable.length > 0 && chosen === operable.length}
                  indeterminate={chosen > 0 && chosen < operable.length}
                  onChange={() => onSelect(chosen === operable.length ? new Set() : operableIds)}
                  slotProps={{ input: { 'aria-label': 'Select all unacknowledged alarms' } }}
                />
              </TableCell>
            )}
            <TableCell>Priority</TableCell>
            <TableCell>State</TableCell>
            <TableCell>Message</TableCell>
            <TableCell>Device and tag</TableCell>
            <TableCell align="right">Value</TableCell>
            <TableCell>Since</TableCell>
            {onAcknowledge !== undefined && <TableCell />}
          </TableRow>
        </TableHead>
        <TableBody>
          {alarms.map((alarm) => (
            <AlarmRow key={alarm.id} {...propsOf(alarm)} selectable={onSelect !== undefined} operable={onAcknowledge !== undefined} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
