import { UpdateUserInput, User } from '@kubeplant/api-client/schemas';
import { changeUser } from '../../auth/users.ts';
import { toUser } from '../account/account-view.ts';
import { defineAction } from '../action.ts';
import { checkGrants } from './check-grants.ts';
import { takeOutcome } from './user-outcome.ts';

export const updateUser = defineAction({
  name: 'users.update',
  summary: 'Change a user’s name, roles, or whether they may sign in',
  permission: 'user.administer',
  checksSession: true,
  input: UpdateUserInput,
  output: User,
  run: async (ctx, { username, ...patch }) => {
    checkGrants(patch.grants ?? []);
    return toUser(takeOutcome(username, await changeUser(ctx.accounts, username, patch)));
  },
});
