import { Button, Typography } from '@mui/material';
import { useDeps } from '../app/DepsContext.tsx';
import { FrontCard } from './FrontCard.tsx';
import { PasswordForm } from './PasswordForm.tsx';

/** Nothing else is allowed until a generated password is replaced. */
export function ChangePasswordPage({ username, presentPassword }: { readonly username: string; readonly presentPassword: string }) {
  const { session } = useDeps();
  return (
    <FrontCard title="Choose your password">
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        You signed in as <b>{username}</b> with a generated password. Replace it by one that only you know; then the console opens.
      </Typography>
      <PasswordForm username={username} presentPassword={presentPassword} />
      <Button fullWidth sx={{ mt: 1 }} onClick={() => void session.signOut()}>
        Sign out
      </Button>
    </FrontCard>
  );
}
