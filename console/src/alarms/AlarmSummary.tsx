import { Box, ButtonBase, Tooltip } from '@mui/material';
import { PRIORITIES } from '@kubeplant/words';
import { Link } from 'react-router-dom';
import { DARK } from '../app/tokens.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { isHidden, isUnacknowledged } from './urgency.ts';

/** On the bar of every page: how many alarms wait, and of which priority the worst is. */
export function AlarmSummary() {
  const { alarms } = useStandingAlarms();
  const waiting = alarms.filter((alarm) => isUnacknowledged(alarm) && !isHidden(alarm));
  const worst = PRIORITIES.toReversed().find((priority) => waiting.some((alarm) => alarm.priority === priority));
  if (worst === undefined) return null;
  const colour = DARK.priority[worst];
  const text = `${waiting.length} unacknowledged ${waiting.length === 1 ? 'alarm' : 'alarms'}, the worst ${worst}`;
  return (
    <Tooltip title={text}>
      <ButtonBase
        component={Link}
        to="/alarms"
        aria-label={text}
        sx={{
          px: 1.2,
          py: 0.4,
          borderRadius: 1,
          border: `2px solid ${colour}`,
          color: colour,
          fontWeight: 700,
          fontSize: '0.85rem',
          whiteSpace: 'nowrap',
        }}
      >
        {waiting.length}
        <Box component="span" sx={{ display: { xs: 'none', md: 'inline' }, ml: 0.6 }}>
          unacknowledged, {worst}
        </Box>
      </ButtonBase>
    </Tooltip>
  );
}
