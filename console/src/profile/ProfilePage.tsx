import { Box, Button, Typography } from '@mui/material';
import { useNotify } from 'react-admin';
import { Link } from 'react-router-dom';
import { useMe } from '../app/DepsContext.tsx';
import { PasswordForm } from '../auth/PasswordForm.tsx';
import { Section } from '../overview/Section.tsx';
import { Page } from '../ui/Page.tsx';
import { formatGrant } from '../users/format-grant.ts';

/** Who one is, what one may do, and one's password. */
export function ProfilePage() {
  const me = useMe();
  const notify = useNotify();
  if (me === undefined) return null;
  return (
    <Page title="Profile">
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', md: '1fr 1fr' }, alignItems: 'start', maxWidth: 960 }}>
        <Section title={me.displayName || me.username}>
          <Typography variant="body2" color="textSecondary">
            Signed in as <b>{me.username}</b>
          </Typography>
          <Box component="ul" sx={{ pl: 2.5 }}>
            {me.grants.map((grant) => (
              <li key={formatGrant(grant)}>{formatGrant(grant)}</li>
            ))}
          </Box>
          <Button component={Link} to="/sessions" variant="outlined">
            My sessions
          </Button>
        </Section>
        <Section title="Change password">
          <Typography variant="body2" color="textSecondary">
            Your other sessions end with it.
          </Typography>
          <PasswordForm username={me.username} onDone={() => notify('The password is changed.')} />
        </Section>
      </Box>
    </Page>
  );
}
