import CloudOff from '@mui/icons-material/CloudOffOutlined';
import { formatAge, toLocalTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useSites } from '../ui/use-sites.ts';
import { StatusBar } from './StatusBar.tsx';
import { useLiveState } from './use-live.ts';

/** Says over every page that values are old, from when, and why. */
export function LiveBar() {
  const state = useLiveState();
  const now = useNow();
  const { data: sites = [] } = useSites();
  if (state.kind === 'live' || (state.kind === 'connecting' && now - state.sinceMs < 3000)) return null;
  const { clock, offset } = toLocalTime(state.sinceMs, sites[0]?.timezone ?? 'UTC');
  const reason = state.kind === 'lost' || state.kind === 'stopped' ? state.reason : 'connecting';
  return (
    <StatusBar icon={<CloudOff fontSize="small" />}>
      Live connection lost: values are from {clock} {offset} ({formatAge(now - state.sinceMs)} ago; {reason}).{' '}
      {state.kind === 'stopped' ? 'Sign in again.' : 'Trying again …'}
    </StatusBar>
  );
}
