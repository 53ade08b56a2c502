import { User, UserKey } from '@kubeplant/api-client/schemas';
import { inAccounts } from '../../auth/account-deps.ts';
import { selectUser } from '../../auth/account-rows.ts';
import { toUser } from '../account/account-view.ts';
import { defineAction } from '../action.ts';
import { notFound } from '../action-error.ts';

export const showUser = defineAction({
  name: 'users.show',
  summary: 'Show a user',
  permission: 'user.administer',
  checksSession: true,
  input: UserKey,
  output: User,
  run: async (ctx, { username }) => {
    const user = await inAccounts(ctx.accounts, (client) => selectUser(client, 'username', username));
    if (user === undefined) throw notFound(`user ${username}`);
    return toUser(user);
  },
});
