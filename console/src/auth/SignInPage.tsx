import { ApiError } from '@kubeplant/api-client';
import { Alert, Button, TextField, Typography } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useDeps } from '../app/DepsContext.tsx';
import { FrontCard } from './FrontCard.tsx';
import { PasswordField } from './PasswordField.tsx';

/** User name and password. */
export function SignInPage({ notice }: { readonly notice: string | undefined }) {
  const { session } = useDeps();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await session.signIn(username.trim(), password);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <FrontCard title="Sign in">
      {notice !== undefined && error === undefined && (
        <Alert severity="info" sx={{ mb: 1 }}>
          {notice}
        </Alert>
      )}
      {error !== undefined && (
        <Alert severity="error" sx={{ mb: 1 }}>
          {error}
        </Alert>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <TextField
          fullWidth
          margin="dense"
          label="User name"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          autoFocus
          slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
        />
        <PasswordField label="Password" value={password} onChange={setPassword} autoComplete="current-password" />
        <Button
          type="submit"
          variant="contained"
          size="large"
          fullWidth
          sx={{ mt: 2 }}
          disabled={busy || username === '' || password === ''}
        >
          {busy ? 'Signing in …' : 'Sign in'}
        </Button>
      </form>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2.5 }}>
        At the first start the user is <b>admin</b>; its password was printed by <code>kubeplant up</code> and is in{' '}
        <code>initial-admin-password</code> in the data directory.
      </Typography>
    </FrontCard>
  );
}
