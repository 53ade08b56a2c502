import { type User, ApiError, type Grant } from '@kubeplant/api-client';
import {
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Switch,
  TextField,
  Typography,
} from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotify } from 'react-admin';
import { useNavigate, useParams } from 'react-router-dom';
import { useClient, useMe } from '../app/DepsContext.tsx';
import { Section } from '../overview/Section.tsx';
import { ErrorState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { GeneratedPassword } from './GeneratedPassword.tsx';
import { GrantsField } from './GrantsField.tsx';

/** One user: name, roles, disabled or not, a new password. */
export function UserEdit() {
  const { id = '' } = useParams();
  const client = useClient();
  const query = useQuery({ queryKey: ['user', id], queryFn: () => client.users.get(id) });
  if (query.isPending) return <LoadingState />;
  if (query.isError)
    return (
      <Page title={id}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  return <UserForm key={id} user={query.data} />;
}

function UserForm({ user }: { readonly user: User }) {
  const client = useClient();
  const queryClient = useQueryClient();
  const notify = useNotify();
  const navigate = useNavigate();
  const self = useMe()?.username === user.username;
  const [displayName, setDisplayName] = useState(user.displayName);
  const [grants, setGrants] = useState<readonly Grant[]>(user.grants);
  const [disabled, setDisabled] = useState(user.disabled);
  const [error, setError] = useState<unknown>();
  const [password, setPassword] = useState<string>();
  const [removing, setRemoving] = useState(false);
  const attempt = async (what: () => Promise<unknown>): Promise<void> => {
    setError(undefined);
    try {
      await what();
      await queryClient.invalidateQueries();
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setError(cause);
    }
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    void attempt(async () => {
      await client.users.update({ username: user.username, displayName, grants: [...grants], disabled });
      notify('Saved.');
    });
  };
  const reset = () => attempt(async () => setPassword((await client.users.resetPassword(user.username)).password));
  const remove = () =>
    attempt(async () => {
      await client.users.remove(user.username);
      notify(`User ${user.username} is removed.`);
      navigate('/users');
    });
  return (
    <Page title={`User ${user.username}`}>
      <Box sx={{ maxWidth: 640, display: 'grid', gap: 1.5 }}>
        {error !== undefined && <ErrorState error={error} />}
        <Section title="Roles and state">
          <form onSubmit={save}>
            <TextField
              label="Full name"
              value={displayName}
              onChange={(event) => setDisplayName(event.target.value)}
              fullWidth
              margin="dense"
            />
            <GrantsField grants={grants} onChange={setGrants} />
            <FormControlLabel
              control={<Switch checked={disabled} disabled={self} onChange={(event) => setDisabled(event.target.checked)} />}
              label="Disabled: cannot sign in, sessions end"
            />
            <Box sx={{ mt: 1 }}>
              <Button type="submit" variant="contained">
                Save
              </Button>
            </Box>
          </form>
        </Section>
        {!self && (
          <Section title="Password and removal">
            <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
              A new password is generated and shown once; the user's sessions end.
            </Typography>
            <Box sx={{ display: 'flex', gap: 1 }}>
              <Button variant="outlined" onClick={() => void reset()}>
                Reset password
              </Button>
              <Button variant="outlined" color="error" onClick={() => setRemoving(true)}>
                Remove user
              </Button>
            </Box>
          </Section>
        )}
      </Box>
      <Dialog open={password !== undefined} aria-labelledby="new-password">
        <DialogTitle id="new-password">New password</DialogTitle>
        <DialogContent>{password !== undefined && <GeneratedPassword username={user.username} password={password} />}</DialogContent>
        <DialogActions>
          <Button onClick={() => setPassword(undefined)}>Done</Button>
        </DialogActions>
      </Dialog>
      <Dialog open={removing} onClose={() => setRemoving(false)} aria-labelledby="remove-user">
        <DialogTitle id="remove-user">Remove {user.username}?</DialogTitle>
        <DialogContent>The journal keeps the name. This cannot be undone; to keep the user out for a while, disable it.</DialogContent>
        <DialogActions>
          <Button onClick={() => setRemoving(false)}>Cancel</Button>
          <Button
            color="error"
            onClick={() => {
              setRemoving(false);
              void remove();
            }}
          >
            Remove
          </Button>
        </DialogActions>
      </Dialog>
    </Page>
  );
}
