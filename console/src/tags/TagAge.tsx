import { Tooltip } from '@mui/material';
import { formatAge, formatDateTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useTimeZone } from '../ui/use-sites.ts';

/** How long ago a value changed, ticking; the time itself as a tooltip. */
export function TagAge({
  timeMs,
  place,
}: {
  readonly timeMs: number | undefined;
  readonly place: { readonly namespace: string; readonly site: string };
}) {
  const now = useNow();
  const timeZone = useTimeZone()(place);
  if (timeMs === undefined) return <>–</>;
  return (
    <Tooltip title={formatDateTime(timeMs, timeZone)}>
      <span>{formatAge(now - timeMs)}</span>
    </Tooltip>
  );
}
