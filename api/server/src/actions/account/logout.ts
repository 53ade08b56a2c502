import { Nothing } from '@kubeplant/api-client/schemas';
import { endSessions } from '../../auth/sessions.ts';
import { defineAction, identityOf } from '../action.ts';

export const logOut = defineAction({
  name: 'auth.logout',
  summary: 'Sign out: end this session',
  permission: 'self',
  beforePasswordChange: true,
  input: Nothing,
  output: Nothing,
  run: async (ctx) => {
    const { sessionId } = identityOf(ctx);
    ctx.cookie.clear();
    if (sessionId !== undefined) await endSessions(ctx.accounts, { sessionId }, 'signed out');
    return {};
  },
});
