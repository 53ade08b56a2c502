import { NewPassword, UserKey } from '@kubeplant/api-client/schemas';
import { resetPassword } from '../../auth/users.ts';
import { defineAction } from '../action.ts';
import { takeOutcome } from './user-outcome.ts';

export const resetUserPassword = defineAction({
  name: 'users.resetPassword',
  summary: 'Give a user a generated password and end their sessions',
  permission: 'user.administer',
  checksSession: true,
  input: UserKey,
  output: NewPassword,
  run: async (ctx, { username }) => ({ password: takeOutcome(username, await resetPassword(ctx.accounts, username)) }),
});
