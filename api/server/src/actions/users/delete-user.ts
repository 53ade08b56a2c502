import { Nothing, UserKey } from '@kubeplant/api-client/schemas';
import { removeUser } from '../../auth/users.ts';
import { defineAction } from '../action.ts';
import { takeOutcome } from './user-outcome.ts';

export const deleteUser = defineAction({
  name: 'users.delete',
  summary: 'Delete a user and end their sessions',
  permission: 'user.administer',
  checksSession: true,
  input: UserKey,
  output: Nothing,
  run: async (ctx, { username }) => {
    takeOutcome(username, await removeUser(ctx.accounts, username));
    return {};
  },
});
