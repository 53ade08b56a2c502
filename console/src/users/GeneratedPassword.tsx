import { Alert, Box } from '@mui/material';

/** A generated password, to hand over. It cannot be shown again. */
export function GeneratedPassword({ username, password }: { readonly username: string; readonly password: string }) {
  return (
    <>
      <Alert severity="info">Hand this password to {username}. It is shown only now, and must be changed at the first sign-in.</Alert>
      <Box
        component="p"
        sx={{ fontFamily: 'ui-monospace, Menlo, Consolas, monospace', fontSize: '1.15rem', userSelect: 'all', textAlign: 'center', my: 2 }}
      >
        {password}
      </Box>
    </>
  );
}
