import { ApiError, type Grant } from '@kubeplant/api-client';
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';
import { ErrorState } from '../ui/Notice.tsx';
import { GeneratedPassword } from './GeneratedPassword.tsx';
import { GrantsField } from './GrantsField.tsx';

/** A new user; the generated password is shown once. */
export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useClient();
  const [username, setUsername] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [grants, setGrants] = useState<Grant[]>([{ role: 'viewer', namespace: '*', site: '*' }]);
  const [error, setError] = useState<unknown>();
  const [password, setPassword] = useState<string>();
  const nameError = error instanceof ApiError ? error.problem.errors?.find(({ field }) => field === 'username')?.message : undefined;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setError(undefined);
    try {
      const created = await client.users.create({ username, grants, ...(displayName === '' ? {} : { displayName }) });
      setPassword(created.password ?? '');
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <Dialog open onClose={password === undefined ? onClose : () => undefined} fullWidth maxWidth="sm" aria-labelledby="new-user">
      <form onSubmit={(event) => void submit(event)}>
        <DialogTitle id="new-user">{password === undefined ? 'New user' : `User ${username} is there`}</DialogTitle>
        <DialogContent>
          {password !== undefined && <GeneratedPassword username={username} password={password} />}
          {password === undefined && (
            <>
              {error !== undefined && nameError === undefined && <ErrorState error={error} />}
              <TextField
                label="User name"
                value={username}
                onChange={(event) => setUsername(event.target.value)}
                fullWidth
                margin="dense"
                required
                autoFocus
                error={nameError !== undefined}
                helperText={nameError ?? '3 to 64 of a-z 0-9 . _ @ -'}
                autoComplete="off"
              />
              <TextField
                label="Full name"
                value={displayName}
                onChange={(event) => setDisplayName(event.target.value)}
                fullWidth
                margin="dense"
                autoComplete="off"
              />
              <GrantsField grants={grants} onChange={setGrants} />
            </>
          )}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{password === undefined ? 'Cancel' : 'Done'}</Button>
          {password === undefined && (
            <Button type="submit" variant="contained" disabled={username === ''}>
              Create
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
