import { ListUsersInput, UserList } from '@kubeplant/api-client/schemas';
import { inAccounts } from '../../auth/account-deps.ts';
import { selectUsers } from '../../auth/account-rows.ts';
import { toUser } from '../account/account-view.ts';
import { defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';

export const listUsers = defineAction({
  name: 'users.list',
  summary: 'List the users',
  permission: 'user.administer',
  checksSession: true,
  input: ListUsersInput,
  output: UserList,
  run: async (ctx, input) => {
    const users = (await inAccounts(ctx.accounts, selectUsers)).map(toUser);
    const found = users.filter((user) => matches(input.q, [user.username, user.displayName]));
    const key = input.sort ?? 'username';
    return toList(found, input, [(user) => user[key], (user) => user.username]);
  },
});
