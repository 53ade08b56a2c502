import { Box, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { isHidden, isUnacknowledged } from '../alarms/urgency.ts';
import { STATE_WORDS } from '../app/tokens.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { Section } from './Section.tsx';

/** The most urgent alarms, as in the alarm list. */
export function LatestAlarms() {
  const { loaded, alarms } = useStandingAlarms();
  const shown = alarms.filter((alarm) => !isHidden(alarm));
  return (
    <Section title="Most urgent alarms" action={<Link to="/alarms">All alarms</Link>}>
      {shown.length === 0 && <Typography color="textSecondary">{loaded ? 'No alarm stands.' : 'Loading …'}</Typography>}
      {shown.slice(0, 6).map((alarm) => (
        <Box key={alarm.id} sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, py: 0.6, alignItems: 'center' }}>
          <Box sx={{ width: 92 }}>
            <PriorityMark priority={alarm.priority} filled={isUnacknowledged(alarm)} />
          </Box>
          <Typography
            component={Link}
            to={`/alarms?alarm=${encodeURIComponent(alarm.id)}`}
            sx={{ flex: 1, minWidth: 180, color: 'text.primary', fontWeight: isUnacknowledged(alarm) ? 600 : 400 }}
          >
            {alarm.message}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {STATE_WORDS[alarm.state]}
          </Typography>
          <Typography variant="body2">
            <TimeText time={alarm.activeTime} place={alarm} />
          </Typography>
        </Box>
      ))}
    </Section>
  );
}
