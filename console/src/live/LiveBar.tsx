import CloudOff from '@mui/icons-material/CloudOffOutlined';
import { Box } from '@mui/material';
import { useTokens } from '../app/theme.ts';
import { formatAge, toLocalTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useSites } from '../ui/use-sites.ts';
import { useLiveState } from './use-live.ts';

/** Says over every page that values are old, from when, and why. */
export function LiveBar() {
  const state = useLiveState();
  const now = useNow();
  const tokens = useTokens();
  const { data: sites = [] } = useSites();
  if (state.kind === 'live' || (state.kind === 'connecting' && now - state.sinceMs < 3000)) return null;
  const { clock, offset } = toLocalTime(state.sinceMs, sites[0]?.timezone ?? 'UTC');
  const reason = state.kind === 'lost' || state.kind === 'stopped' ? state.reason : 'connecting';
  return (
    <Box
      role="alert"
      sx={{
        position: 'sticky',
        top: 0,
        zIndex: 3,
        display: 'flex',
        gap: 1,
        alignItems: 'center',
        px: 2,
        py: 0.8,
        color: tokens.onPriority,
        backgroundColor: tokens.bad,
        fontWeight: 600,
      }}
    >
      <CloudOff fontSize="small" />
      <span>
        Live connection lost: values are from {clock} {offset} ({formatAge(now - state.sinceMs)} ago; {reason}).{' '}
        {state.kind === 'stopped' ? 'Sign in again.' : 'Trying again …'}
      </span>
    </Box>
  );
}
