import { Tooltip } from '@mui/material';
import { formatAge, formatDateTime, formatShortTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useTimeZone } from './use-sites.ts';

interface Place {
  readonly namespace: string;
  readonly site: string;
}

/** A time on the clock of its site, with the offset; how long ago as a tooltip. */
export function TimeText({
  time,
  place,
  short = true,
}: {
  readonly time: string | number | undefined;
  readonly place: Place;
  readonly short?: boolean;
}) {
  const now = useNow();
  const timeZone = useTimeZone()(place);
  if (time === undefined) return <>–</>;
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return (
    <Tooltip title={`${formatDateTime(ms, timeZone)} ${timeZone}, ${formatAge(now - ms)} ago`}>
      <time dateTime={new Date(ms).toISOString()} style={{ whiteSpace: 'nowrap' }}>
        {short ? formatShortTime(ms, timeZone, now) : formatDateTime(ms, timeZone)}
      </time>
    </Tooltip>
  );
}
