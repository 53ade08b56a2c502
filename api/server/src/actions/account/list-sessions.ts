import type { Session } from '@kubeplant/api-client';
import { ListSessionsInput, SessionList } from '@kubeplant/api-client/schemas';
import { inAccounts } from '../../auth/account-deps.ts';
import { type SessionRow, selectSessions } from '../../auth/account-rows.ts';
import { holds } from '../../auth/identity.ts';
import { defineAction, identityOf } from '../action.ts';
import { forbidden } from '../action-error.ts';
import { matches, toList } from '../list.ts';
import { formatTime } from '../time.ts';

export const listSessions = defineAction({
  name: 'sessions.list',
  summary: 'List who is signed in: yourself, or as an administrator anybody',
  permission: 'self',
  checksSession: true,
  input: ListSessionsInput,
  output: SessionList,
  run: async (ctx, input) => {
    const identity = identityOf(ctx);
    const { username = identity.username } = input;
    if (username !== identity.username && !holds(identity, 'user.administer')) throw forbidden('You may see your own sessions only.');
    const rows = await inAccounts(ctx.accounts, (client) =>
      selectSessions(client, username === '*' ? undefined : username, new Date(ctx.now())),
    );
    const sessions = rows
      .map((row) => toSession(row, identity.sessionId))
      .filter((row) => matches(input.q, [row.username, row.address, row.userAgent]));
    const { sort = 'lastUsedAt', order = sort === 'username' ? 'asc' : 'desc' } = input;
    return toList(sessions, { ...input, order }, [(row) => row[sort], (row) => row.id]);
  },
});

function toSession(row: SessionRow & { username: string }, current: string | undefined): Session {
  const time = (date: Date): string => formatTime(date.getTime() * 1000);
  return {
    id: row.sessionId,
    username: row.username,
    createdAt: time(row.createdAt),
    lastUsedAt: time(row.lastUsedAt),
    expiresAt: time(row.expiresAt),
    address: row.address,
    userAgent: row.userAgent,
    current: row.sessionId === current,
  };
}
