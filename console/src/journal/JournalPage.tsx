import type { ExportJournalInput } from '@kubeplant/api-client';
import { PRIORITIES, TRANSITION_KINDS } from '@kubeplant/words';
import DownloadIcon from '@mui/icons-material/Download';
import { Box, Button, MenuItem, Paper, TextField } from '@mui/material';
import { useState } from 'react';
import { useNotify } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { useClient } from '../app/DepsContext.tsx';
import { parseLocalTime } from '../format/time.ts';
import { Page } from '../ui/Page.tsx';
import { saveBlob } from '../ui/save-file.ts';
import { useSites } from '../ui/use-sites.ts';
import { JournalTable } from './JournalTable.tsx';

/** What has happened to alarms, the newest first. Filters are in the address. */
export function JournalPage() {
  const client = useClient();
  const notify = useNotify();
  const [params, setParams] = useSearchParams();
  const [saving, setSaving] = useState(false);
  const { data: sites = [] } = useSites();
  const timeZone = sites.find(({ name }) => name === params.get('site'))?.timezone ?? sites[0]?.timezone ?? 'UTC';
  const filter = toFilter(params, timeZone);
  const field = (name: string) => ({
    size: 'small' as const,
    margin: 'none' as const,
    value: params.get(name) ?? '',
    onChange: (event: { target: { value: string } }) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (event.target.value === '') next.delete(name);
          else next.set(name, event.target.value);
          return next;
        },
        { replace: true },
      ),
  });
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      const response = await client.journal.csv(filter);
      saveBlob('alarm-journal.csv', await response.blob().catch(throwBroken));
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error), { type: 'error' });
    } finally {
      setSaving(false);
    }
  };
  return (
    <Page
      title="Alarm journal"
      actions={
        <Button startIcon={<DownloadIcon />} disabled={saving} onClick={() => void save()}>
          {saving ? 'Saving …' : 'Save as CSV'}
        </Button>
      }
    >
      <Box
        sx={{ display: { xs: 'grid', sm: 'flex' }, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', flexWrap: 'wrap', gap: 1, mb: 1.2 }}
      >
        <TextField {...field('site')} select label="Site" sx={{ width: 190 }}>
          <MenuItem value="">All sites</MenuItem>
          {sites.map(({ namespace, name, displayName }) => (
            <MenuItem key={`${namespace}/${name}`} value={name}>
              {displayName}
            </MenuItem>
          ))}
        </TextField>
        <TextField {...field('kind')} select label="Event" sx={{ width: 150 }}>
          <MenuItem value="">All events</MenuItem>
          {TRANSITION_KINDS.map((kind) => (
            <MenuItem key={kind} value={kind}>
              {kind}
            </MenuItem>
          ))}
        </TextField>
        <TextField {...field('priority')} select label="Priority" sx={{ width: 140 }}>
          <MenuItem value="">All</MenuItem>
          {PRIORITIES.toReversed().map((priority) => (
            <MenuItem key={priority} value={priority}>
              {priority}
            </MenuItem>
          ))}
        </TextField>
        <TextField {...field('device')} label="Device" sx={{ width: 150 }} />
        <TextField
          {...field('from')}
          type="datetime-local"
          sx={{ width: 210 }}
          label={`From (${timeZone})`}
          slotProps={{ inputLabel: { shrink: true } }}
        />
        <TextField
          {...field('to')}
          type="datetime-local"
          sx={{ width: 210 }}
          label={`To (${timeZone})`}
          slotProps={{ inputLabel: { shrink: true } }}
        />
      </Box>
      <Paper sx={{ overflow: 'hidden' }}>
        <JournalTable filter={filter} />
      </Paper>
    </Page>
  );
}

function throwBroken(cause: unknown): never {
  throw new Error('The export broke off; try again.', { cause });
}

/** Filter of the api; what is not a name or a time yet is left out while it is typed. */
function toFilter(params: URLSearchParams, timeZone: string): ExportJournalInput {
  const filter: ExportJournalInput = {};
  const kind = TRANSITION_KINDS.find((one) => one === params.get('kind'));
  const priority = PRIORITIES.find((one) => one === params.get('priority'));
  const device = params.get('device') ?? '';
  const site = params.get('site') ?? '';
  if (kind !== undefined) filter.kind = [kind];
  if (priority !== undefined) filter.priority = [priority];
  if (site !== '') filter.site = site;
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(device)) filter.device = device;
  const fromMs = parseLocalTime(params.get('from') ?? '', timeZone);
  const toMs = parseLocalTime(params.get('to') ?? '', timeZone);
  if (fromMs !== undefined) filter.from = new Date(fromMs).toISOString();
  if (toMs !== undefined) filter.to = new Date(toMs).toISOString();
  return filter;
}
