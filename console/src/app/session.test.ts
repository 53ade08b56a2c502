import { ApiError, type Me } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { createSession } from './session.ts';

const me: Me = { username: 'admin', displayName: '', grants: [], permissions: [], mustChangePassword: false };
type Auth = Parameters<typeof createSession>[0]['auth'];

function sessionWith(auth: Partial<Auth>) {
  return createSession({ auth: auth as Auth }); // Only the calls that the test makes.
}

describe('the session of a page', () => {
  it('is signed in when the refresh cookie is good', async () => {
    const session = sessionWith({ restore: async () => me });
    await session.restore();
    expect(session.state()).toEqual({ kind: 'signedIn', me });
  });

  it('is signed out without a cookie', async () => {
    const session = sessionWith({ restore: async () => undefined });
    await session.restore();
    expect(session.state()).toEqual({ kind: 'signedOut' });
  });

  it('says that the api does not answer instead of asking for a password', async () => {
    const problem = { type: 'about:blank', title: 'No answer', status: 0, code: 'unreachable', detail: 'is the plant running?' };
    const session = sessionWith({ restore: () => Promise.reject(new ApiError(problem)) });
    await session.restore();
    expect(session.state()).toEqual({ kind: 'unreachable', reason: 'is the plant running?' });
  });

  it('asks for a new password after a generated one', async () => {
    const user = { ...me, mustChangePassword: true };
    const answer = { accessToken: 't', expiresIn: 300 };
    const session = sessionWith({
      login: async () => ({ ...answer, user }),
      changePassword: async () => ({ ...answer, user: me }),
    });
    await session.signIn('admin', 'generated');
    expect(session.state()).toEqual({ kind: 'mustChangePassword', me: user, presentPassword: 'generated' });
    await session.changePassword('generated', 'four random words here');
    expect(session.state()).toEqual({ kind: 'signedIn', me });
  });

  it('is signed out when the api ends it, and says so once', () => {
    const session = sessionWith({});
    let told = 0;
    session.subscribe(() => told++);
    session.end('over');
    session.end('over again');
    expect(session.state()).toEqual({ kind: 'signedOut', notice: 'over' });
    expect(told).toBe(1);
  });
});
