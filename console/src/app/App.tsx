import { CssBaseline, ThemeProvider } from '@mui/material';
import { type ReactNode, useEffect, useMemo } from 'react';
import { ChangePasswordPage } from '../auth/ChangePasswordPage.tsx';
import { SignInPage } from '../auth/SignInPage.tsx';
import { UnreachablePage } from '../auth/UnreachablePage.tsx';
import { LiveProvider } from '../live/LiveProvider.tsx';
import { Console } from './Console.tsx';
import type { Deps } from './create-deps.ts';
import { DepsProvider, useDeps, useSessionState } from './DepsContext.tsx';
import { createConsoleTheme, preferredMode } from './theme.ts';

/** The console: a way in, then the plant. */
export function App({ deps }: { readonly deps: Deps }) {
  useEffect(() => {
    void deps.session.restore();
  }, [deps]);
  return (
    <DepsProvider deps={deps}>
      <Gate />
    </DepsProvider>
  );
}

function Gate() {
  const state = useSessionState();
  if (state.kind === 'signedIn')
    return (
      <LiveProvider key={state.me.username}>
        <Console />
      </LiveProvider>
    );
  return <Front>{frontPage(state)}</Front>;
}

function frontPage(state: Exclude<ReturnType<typeof useSessionState>, { kind: 'signedIn' }>): ReactNode {
  if (state.kind === 'restoring') return null;
  if (state.kind === 'unreachable') return <UnreachablePage reason={state.reason} />;
  if (state.kind === 'mustChangePassword')
    return <ChangePasswordPage username={state.me.username} presentPassword={state.presentPassword} />;
  return <SignInPage notice={state.notice} />;
}

/** Pages before the sign-in, in the theme chosen inside. */
function Front({ children }: { readonly children: ReactNode }) {
  const { store } = useDeps();
  const theme = useMemo(() => createConsoleTheme(preferredMode(store.getItem('theme'))), [store]);
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline />
      {children}
    </ThemeProvider>
  );
}
