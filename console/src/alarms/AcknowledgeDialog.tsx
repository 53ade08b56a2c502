import type { AcknowledgedMany, Alarm } from '@kubeplant/api-client';
import { Alert, Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';
import { STATE_WORDS } from '../app/tokens.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { ErrorState } from '../ui/Notice.tsx';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { findSite, useSites } from '../ui/use-sites.ts';

type Result = AcknowledgedMany['results'][number];

const WHY: Readonly<Record<Exclude<Result['result'], 'done'>, string>> = {
  changed: 'changed meanwhile; look at it again, then acknowledge it as it is now',
  unknown: 'is gone',
  forbidden: 'needs the role operator in its site',
  unavailable: 'could not be recorded just now; try again',
};

/** Acknowledge the alarms as they were seen here, with a comment. What changed meanwhile is told and stays. */
export function AcknowledgeDialog({ ids, onClose }: { readonly ids: readonly string[]; readonly onClose: () => void }) {
  const client = useClient();
  const standing = useStandingAlarms().alarms;
  const [alarms, setAlarms] = useState<readonly Alarm[]>(() => standing.filter(({ id }) => ids.includes(id)));
  const { data: sites = [] } = useSites();
  const away = alarms.map((alarm) => findSite(sites, alarm)).find((site) => site?.recording === false);
  const [comment, setComment] = useState('');
  const [failed, setFailed] = useState<readonly Result[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { results } = await client.alarms.acknowledgeMany({
        alarms: alarms.map(({ id, occurrence, version }) => ({ id, occurrence, version })),
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
      });
      const left = results.filter(({ result }) => result !== 'done');
      if (left.length === 0) return onClose();
      setFailed(left);
      setAlarms(
        alarms.flatMap((alarm) => {
          const result = left.find(({ id }) => id === alarm.id);
          return result === undefined ? [] : [result.alarm ?? alarm];
        }),
      );
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="acknowledge-title">
      <form onSubmit={(event) => void submit(event)}>
        <DialogTitle id="acknowledge-title">
          {alarms.length === 1 ? 'Acknowledge alarm' : `Acknowledge ${alarms.length} alarms`}
        </DialogTitle>
        <DialogContent>
          {away !== undefined && (
            <Alert severity="warning">{away.displayName} is not recorded now: an acknowledgement cannot be taken until it is again.</Alert>
          )}
          {error !== undefined && <ErrorState error={error} />}
          {failed.length > 0 && (
            <Alert severity="warning">{failed.length === 1 ? 'One alarm was' : `${failed.length} alarms were`} not acknowledged:</Alert>
          )}
          <Box component="ul" sx={{ listStyle: 'none', p: 0, my: 1, maxHeight: 260, overflow: 'auto' }}>
            {alarms.map((alarm) => {
              const result = failed.find(({ id }) => id === alarm.id)?.result;
              return (
                <Box component="li" key={alarm.id} sx={{ display: 'flex', gap: 1.2, py: 0.4 }}>
                  <PriorityMark priority={alarm.priority} word={false} />
                  <span>
                    {alarm.message} ({STATE_WORDS[alarm.state].toLowerCase()})
                    {result !== undefined && result !== 'done' && <b> {WHY[result]}</b>}
                  </span>
                </Box>
              );
            })}
          </Box>
          <TextField
            label="Comment"
            value={comment}
            onChange={(event) => setComment(event.target.value)}
            fullWidth
            multiline
            minRows={2}
            margin="dense"
            autoFocus
            helperText="Written to the alarm journal with your name"
            slotProps={{ htmlInput: { maxLength: 1000 } }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{failed.length > 0 ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" variant="contained" disabled={busy || alarms.length === 0}>
            {failed.length > 0 ? 'Acknowledge as they are now' : 'Acknowledge'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
