import type { Client, Me, Permission } from '@kubeplant/api-client';
import { allows } from '@kubeplant/api-client';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Deps } from './create-deps.ts';
import type { SessionState } from './session.ts';

const Context = createContext<Deps | undefined>(undefined);

export function DepsProvider({ deps, children }: { readonly deps: Deps; readonly children: ReactNode }) {
  return <Context value={deps}>{children}</Context>;
}

export function useDeps(): Deps {
  const deps = useContext(Context);
  if (deps === undefined) throw new Error('useDeps is called outside DepsProvider');
  return deps;
}

export const useClient = (): Client => useDeps().client;

export function useSessionState(): SessionState {
  const { session } = useDeps();
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Who is signed in. */
export function useMe(): Me | undefined {
  const state = useSessionState();
  return state.kind === 'signedIn' || state.kind === 'mustChangePassword' ? state.me : undefined;
}

/** May the user do that there? The api decides; this only keeps away what would be refused. */
export function useAllows(): (permission: Permission, place: { namespace: string; site: string }) => boolean {
  const me = useMe();
  return (permission, place) => me !== undefined && allows(me.grants, permission, place);
}
