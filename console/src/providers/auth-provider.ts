import { type AuthProvider, HttpError } from 'react-admin';
import type { Session } from '../app/session.ts';

const ADMIN_RESOURCES = ['users'];

/** react-admin's view of the session. Signing in happens before react-admin is there. */
export function createAuthProvider(session: Session): AuthProvider {
  const me = () => {
    const state = session.state();
    return state.kind === 'signedIn' ? state.me : undefined;
  };
  return {
    login: ({ username, password }: { username: string; password: string }) => session.signIn(username, password),
    async logout() {
      if (me() !== undefined) await session.signOut();
      return false;
    },
    async checkAuth() {
      if (me() === undefined) throw new Error('nobody is signed in');
    },
    async checkError(error: unknown) {
      if (!(error instanceof HttpError) || error.status !== 401) return;
      session.end('Your session has ended. Sign in again.');
      throw error;
    },
    async getIdentity() {
      const user = me();
      return { id: user?.username ?? '', fullName: user?.displayName || user?.username || '' };
    },
    getPermissions: async () => me()?.permissions ?? [],
    canAccess: async ({ resource }: { resource: string }) =>
      !ADMIN_RESOURCES.includes(resource) || me()?.permissions.includes('user.administer') === true,
  };
}
