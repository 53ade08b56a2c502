import { PRIORITIES } from '@kubeplant/words';
import { Box, MenuItem, TextField, ToggleButton, ToggleButtonGroup } from '@mui/material';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { useSites } from '../ui/use-sites.ts';
import type { AlarmFilter } from './alarm-filter.ts';

/** Filters of the alarm list. */
export function AlarmFilters({
  filter,
  onChange,
}: {
  readonly filter: AlarmFilter;
  readonly onChange: (name: string, value: string) => void;
}) {
  const { data: sites = [] } = useSites();
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mb: 1.2, alignItems: 'center' }}>
      <TextField
        size="small"
        margin="none"
        type="search"
        label="Search"
        value={filter.text}
        onChange={(event) => onChange('q', event.target.value)}
        sx={{ width: 210 }}
      />
      <TextField
        size="small"
        margin="none"
        select
        label="Show"
        value={filter.show}
        onChange={(event) => onChange('show', event.target.value === 'all' ? '' : event.target.value)}
        sx={{ width: 170 }}
      >
        <MenuItem value="all">All that stand</MenuItem>
        <MenuItem value="unacknowledged">Unacknowledged</MenuItem>
        <MenuItem value="hidden">Suppressed</MenuItem>
      </TextField>
      {sites.length > 1 && (
        <TextField
          size="small"
          margin="none"
          select
          label="Site"
          value={filter.site}
          onChange={(event) => onChange('site', event.target.value)}
          sx={{ width: 200 }}
        >
          <MenuItem value="">All sites</MenuItem>
          {sites.map(({ namespace, name, displayName }) => (
            <MenuItem key={`${namespace}/${name}`} value={`${namespace}/${name}`}>
              {displayName}
            </MenuItem>
          ))}
        </TextField>
      )}
      <ToggleButtonGroup
        size="small"
        value={[...filter.priorities]}
        onChange={(_, next: string[]) => onChange('priority', next.join(','))}
        aria-label="Priorities"
        sx={{ flexWrap: 'wrap' }}
      >
        {PRIORITIES.toReversed().map((priority) => (
          <ToggleButton key={priority} value={priority} sx={{ py: 0.6 }}>
            <PriorityMark priority={priority} filled={filter.priorities.includes(priority)} />
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </Box>
  );
}
