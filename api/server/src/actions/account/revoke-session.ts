import { Nothing, SessionKey } from '@kubeplant/api-client/schemas';
import { inAccounts } from '../../auth/account-deps.ts';
import { selectSession } from '../../auth/account-rows.ts';
import { holds } from '../../auth/identity.ts';
import { endSessions } from '../../auth/sessions.ts';
import { defineAction, identityOf } from '../action.ts';
import { notFound } from '../action-error.ts';

export const revokeSession = defineAction({
  name: 'sessions.revoke',
  summary: 'End a session: your own, or as an administrator anybody’s',
  permission: 'self',
  checksSession: true,
  input: SessionKey,
  output: Nothing,
  run: async (ctx, { id }) => {
    const identity = identityOf(ctx);
    const session = await inAccounts(ctx.accounts, (client) => selectSession(client, id));
    const mine = session?.userId === identity.userId;
    if (session === undefined || (!mine && !holds(identity, 'user.administer'))) throw notFound(`session ${id}`);
    await endSessions(ctx.accounts, { sessionId: id }, mine ? 'ended by its user' : `ended by ${identity.username}`);
    return {};
  },
});
