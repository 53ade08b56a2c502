import { type Client, createClient } from '@kubeplant/api-client';
import { QueryClient } from '@tanstack/react-query';
import { localStorageStore, type Store } from 'react-admin';
import { createSession, type Session } from './session.ts';

/** What the whole console works with; made once, in `main.tsx`. */
export interface Deps {
  readonly client: Client;
  readonly session: Session;
  readonly queryClient: QueryClient;
  /** Preferences of this browser: theme, open menu, columns. Never tokens. */
  readonly store: Store;
}

export function createDeps(baseUrl: string): Deps {
  const client = createClient({ baseUrl, onSignedOut: () => session.end('Your session has ended. Sign in again.') });
  const session = createSession(client);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2_000, refetchOnWindowFocus: true } } });
  return { client, session, queryClient, store: localStorageStore(undefined, 'kubeplant') };
}
