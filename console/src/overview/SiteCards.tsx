import type { Site } from '@kubeplant/api-client';
import { Box, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { isHidden, isUnacknowledged } from '../alarms/urgency.ts';
import { useTokens } from '../app/theme.ts';
import { toLocalTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { Section } from './Section.tsx';

/** One line per site: its state, its devices, its clock. */
export function SiteCards({ sites }: { readonly sites: readonly Site[] }) {
  return (
    <Section title="Sites">
      <Box sx={{ display: 'grid', gap: 1 }}>
        {sites.map((site) => (
          <SiteLine key={`${site.namespace}/${site.name}`} site={site} />
        ))}
      </Box>
    </Section>
  );
}

function SiteLine({ site }: { readonly site: Site }) {
  const tokens = useTokens();
  const { clock, offset } = toLocalTime(useNow(), site.timezone);
  const alarms = useStandingAlarms().alarms.filter(
    (alarm) => alarm.namespace === site.namespace && alarm.site === site.name && !isHidden(alarm),
  );
  const waiting = alarms.filter(isUnacknowledged).length;
  const marks = [
    !site.recording && 'not recording',
    !site.ready && 'declaration has errors',
    waiting > 0 && `${waiting} ${waiting === 1 ? 'alarm' : 'alarms'} unacknowledged`,
    site.devices.notFlowing > 0 && `${site.devices.notFlowing} ${site.devices.notFlowing === 1 ? 'device' : 'devices'} not flowing`,
  ].filter((mark) => mark !== false);
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, rowGap: 0.5, py: 0.5 }}>
      <Box sx={{ minWidth: 220, flex: 1 }}>
        <Typography
          component={Link}
          to={`/devices?filter=${encodeURIComponent(JSON.stringify({ namespace: site.namespace, site: site.name }))}`}
          sx={{ fontWeight: 600, color: 'text.primary' }}
        >
          {site.displayName}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {[site.enterprise, `${site.namespace}/${site.name}`].filter(Boolean).join(' · ')}
        </Typography>
      </Box>
      {site.simulations.length > 0 && <SimulatedMark />}
      <Typography
        variant="body2"
        sx={{ fontWeight: marks.length > 0 ? 600 : 400, color: marks.length > 0 ? tokens.priority.High : 'text.secondary' }}
      >
        {marks.length > 0 ? marks.join(', ') : 'Normal'}
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {site.devices.total} devices, {site.tags} tags, {site.rules} alarm rules, {site.valuesPerSecond.toFixed(1)} values/s
      </Typography>
      <Typography variant="body2" color="textSecondary" title={site.timezone}>
        {clock} {offset}
      </Typography>
    </Box>
  );
}
