import { ApiError, type Client, type Me } from '@kubeplant/api-client';

/** Who is at the screen. `presentPassword` is there right after a sign-in that must go on with a new password. */
export type SessionState =
  | { readonly kind: 'restoring' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'signedOut'; readonly notice?: string }
  | { readonly kind: 'mustChangePassword'; readonly me: Me; readonly presentPassword: string }
  | { readonly kind: 'signedIn'; readonly me: Me };

/** The session of this page. Access tokens stay in memory; a reload is carried by the refresh cookie. */
export interface Session {
  state(): SessionState;
  subscribe(listener: () => void): () => void;
  restore(): Promise<void>;
  signIn(username: string, password: string): Promise<void>;
  changePassword(oldPassword: string, newPassword: string): Promise<void>;
  signOut(): Promise<void>;
  /** The api says that it is over. */
  end(notice: string): void;
}

export function createSession(client: Pick<Client, 'auth'>): Session {
  let state: SessionState = { kind: 'restoring' };
  const listeners = new Set<() => void>();
  const set = (next: SessionState): void => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const enter = (me: Me, presentPassword = ''): void =>
    set(me.mustChangePassword ? { kind: 'mustChangePassword', me, presentPassword } : { kind: 'signedIn', me });
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async restore() {
      set({ kind: 'restoring' });
      try {
        const me = await client.auth.restore();
        if (me === undefined) set({ kind: 'signedOut' });
        else enter(me);
      } catch (error) {
        set({ kind: 'unreachable', reason: error instanceof ApiError ? error.message : String(error) });
      }
    },
    async signIn(username, password) {
      const { user } = await client.auth.login({ username, password });
      enter(user, password);
    },
    async changePassword(oldPassword, newPassword) {
      const { user } = await client.auth.changePassword({ oldPassword, newPassword });
      enter(user);
    },
    async signOut() {
      await client.auth.logout().catch(() => undefined); // Without an answer the cookie stays, and the api ends it in its time.
      set({ kind: 'signedOut' });
    },
    end(notice) {
      if (state.kind !== 'signedOut') set({ kind: 'signedOut', notice });
    },
  };
}
