import { EXPORT_FORMATS, type Export, type ExportFormat } from '@kubeplant/api-client';
import {
  Alert,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  LinearProgress,
  Radio,
  RadioGroup,
  Typography,
} from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { Link } from 'react-router-dom';
import { useClient } from '../app/DepsContext.tsx';
import { formatDateTime } from '../format/time.ts';
import { describeProgress, FORMAT_WORDS } from './describe-export.ts';
import { isUnfinished, useExportDeeds, useExports } from './use-exports.ts';

/** What is to be exported. Times in milliseconds. */
export interface ExportDialogProps {
  readonly paths: readonly string[];
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly timeZone: string;
  readonly onClose: () => void;
}

/** Asks for the format, shows the progress and saves the file when it is written. Closed before, it goes on. */
export function ExportDialog({ paths, window, timeZone, onClose }: ExportDialogProps) {
  const client = useClient();
  const [span] = useState(window); // a live trend moves on below
  const [format, setFormat] = useState<ExportFormat>('csv');
  const { data: rows = [], refetch } = useExports();
  const { save, cancel } = useExportDeeds();
  const ask = useMutation({
    mutationFn: () =>
      client.exports.create({
        ...{ tags: [...paths], format },
        ...{ from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString() },
      }),
    onSuccess: () => void refetch(),
  });
  const row = rows.find(({ id }) => id === ask.data?.id) ?? ask.data;
  const isDone = row?.state === 'Done';
  const saveIt = useEffectEvent(() => {
    if (row !== undefined) save.mutate(row);
  });
  useEffect(() => {
    if (isDone) saveIt(); // once, when it is done
  }, [isDone]);
  return (
    <Dialog open onClose={onClose} aria-labelledby="export-title" fullWidth maxWidth="sm">
      <DialogTitle id="export-title">Export readings</DialogTitle>
      <DialogContent>
        <Typography variant="body2" sx={{ mb: 1 }}>
          All readings of {paths.length === 1 ? paths[0] : `${paths.length} tags`}, as stored, from {formatDateTime(span.fromMs, timeZone)}{' '}
          to {formatDateTime(span.toMs, timeZone)}.
        </Typography>
        {row === undefined ? (
          <RadioGroup aria-label="Format" value={format} onChange={(_, value) => setFormat(value as ExportFormat)}>
            {EXPORT_FORMATS.map((one) => (
              <FormControlLabel
                key={one}
                value={one}
                control={<Radio size="small" />}
                label={
                  <>
                    {FORMAT_WORDS[one].name}{' '}
                    <Typography component="span" variant="body2" color="textSecondary">
                      {FORMAT_WORDS[one].use}
                    </Typography>
                  </>
                }
              />
            ))}
          </RadioGroup>
        ) : (
          <ExportProgress row={row} />
        )}
        {ask.error !== null && <Alert severity="error">{ask.error.message}</Alert>}
      </DialogContent>
      <DialogActions>
        {row !== undefined && isUnfinished(row) && <Button onClick={() => cancel.mutate(row)}>Cancel it</Button>}
        {row !== undefined && isDone && <Button onClick={() => save.mutate(row)}>Save again</Button>}
        <Button onClick={onClose}>Close</Button>
        {row === undefined && (
          <Button variant="contained" autoFocus disabled={ask.isPending} onClick={() => ask.mutate()}>
            Export
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function ExportProgress({ row }: { readonly row: Export }) {
  return (
    <>
      <Typography role="status" color={row.state === 'Failed' ? 'error' : 'textPrimary'}>
        {row.state === 'Done' ? `${row.fileName}: ` : ''}
        {describeProgress(row)}
      </Typography>
      {isUnfinished(row) && (
        <LinearProgress
          aria-label="Progress"
          variant={row.state === 'Queued' ? 'indeterminate' : 'determinate'}
          value={row.progress * 100}
          sx={{ my: 1 }}
        />
      )}
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {isUnfinished(row) ? 'You may close this: it goes on, and is then found' : 'It is kept for a day'} under{' '}
        <Link to="/exports" style={{ color: 'inherit' }}>
          Exports
        </Link>
        .
      </Typography>
    </>
  );
}
