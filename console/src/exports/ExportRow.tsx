import type { Export } from '@kubeplant/api-client';
import { Box, Button, LinearProgress, Paper, Typography } from '@mui/material';
import { formatDateTime } from '../format/time.ts';
import { describeProgress, FORMAT_WORDS } from './describe-export.ts';
import { isUnfinished, useExportDeeds } from './use-exports.ts';

/** An export: what it is of, how far it is, and what can be done with it. Times are those of the zone. */
export function ExportRow({ row, timeZone }: { readonly row: Export; readonly timeZone: string }) {
  const { save, cancel, remove } = useExportDeeds();
  const time = (text: string): string => formatDateTime(Date.parse(text), timeZone);
  return (
    <Paper
      data-export={row.id}
      sx={{ p: 1.5, mb: 1, display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center' }}
      component="article"
      aria-label={row.fileName}
    >
      <Box sx={{ flex: '1 1 300px', minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{row.fileName}</Typography>
        <Typography variant="body2" color="textSecondary">
          {FORMAT_WORDS[row.format].name} · {time(row.from)} to {time(row.to)}
        </Typography>
        <Typography variant="body2" color="textSecondary" title={row.tags.join('\n')} sx={{ overflowWrap: 'anywhere' }}>
          {row.tags.slice(0, 3).join(', ')}
          {row.tags.length > 3 && ` and ${row.tags.length - 3} more`}
        </Typography>
      </Box>
      <Box sx={{ flex: '1 1 220px', minWidth: 0 }}>
        <Typography variant="body2" color={row.state === 'Failed' ? 'error' : 'textPrimary'} role="status">
          {describeProgress(row)}
        </Typography>
        {isUnfinished(row) && (
          <LinearProgress
            aria-label={`Progress of ${row.fileName}`}
            variant={row.state === 'Queued' ? 'indeterminate' : 'determinate'}
            value={row.progress * 100}
            sx={{ my: 0.8 }}
          />
        )}
        {row.state === 'Done' && row.expires !== undefined && (
          <Typography variant="caption" color="textSecondary">
            kept until {time(row.expires)}
          </Typography>
        )}
      </Box>
      <Box sx={{ display: 'flex', gap: 1 }}>
        {row.state === 'Done' && (
          <Button variant="outlined" disabled={save.isPending} onClick={() => save.mutate(row)} aria-label={`Save ${row.fileName}`}>
            Save
          </Button>
        )}
        {isUnfinished(row) ? (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate(row)} aria-label={`Cancel ${row.fileName}`}>
            Cancel
          </Button>
        ) : (
          <Button disabled={remove.isPending} onClick={() => remove.mutate(row)} aria-label={`Delete ${row.fileName}`}>
            Delete
          </Button>
        )}
      </Box>
    </Paper>
  );
}
