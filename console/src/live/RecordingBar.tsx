import type { Site } from '@kubeplant/api-client';
import SaveOff from '@mui/icons-material/ReportOutlined';
import { formatAge, toLocalTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useSites } from '../ui/use-sites.ts';
import { StatusBar } from './StatusBar.tsx';

/** Says over every page that what happens now is not in the history, and since when. */
export function RecordingBar() {
  const { data: sites = [] } = useSites();
  return sites.filter(({ recording }) => !recording).map((site) => <NotRecorded key={`${site.namespace}/${site.name}`} site={site} />);
}

function NotRecorded({ site }: { readonly site: Site }) {
  const now = useNow();
  const sinceMs = Date.parse(site.notRecorded?.since ?? '');
  if (Number.isNaN(sinceMs) || now - sinceMs < 2000) return null; // a restart of the api takes a moment
  const { clock, offset } = toLocalTime(sinceMs, site.timezone);
  return (
    <StatusBar icon={<SaveOff fontSize="small" />}>
      {site.displayName}: not recorded since {clock} {offset} ({formatAge(now - sinceMs)} ago; {site.notRecorded?.reason}). Values and
      alarms are shown, but nothing can be acknowledged.
    </StatusBar>
  );
}
