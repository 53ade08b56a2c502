import { CreatedUser, CreateUserInput } from '@kubeplant/api-client/schemas';
import { createUser } from '../../auth/users.ts';
import { toUser } from '../account/account-view.ts';
import { defineAction } from '../action.ts';
import { checkGrants } from './check-grants.ts';
import { takeOutcome } from './user-outcome.ts';

export const addUser = defineAction({
  name: 'users.create',
  summary: 'Make a user',
  permission: 'user.administer',
  checksSession: true,
  input: CreateUserInput,
  output: CreatedUser,
  run: async (ctx, input) => {
    checkGrants(input.grants);
    const { user, password } = takeOutcome(input.username, await createUser(ctx.accounts, input));
    return password === undefined ? { user: toUser(user) } : { user: toUser(user), password };
  },
});
