import { LoginInput, LoginOutput } from '@kubeplant/api-client/schemas';
import { login } from '../../auth/login.ts';
import { defineAction } from '../action.ts';
import { tooManyLogins, unauthorized } from '../action-error.ts';
import { toLoginOutput } from './account-view.ts';

export const logIn = defineAction({
  name: 'auth.login',
  summary: 'Sign in with name and password',
  permission: 'public',
  input: LoginInput,
  output: LoginOutput,
  run: async (ctx, input) => {
    const outcome = await login(ctx.accounts, input, ctx.origin);
    if (outcome.kind === 'open') return toLoginOutput(ctx, outcome.session);
    if (outcome.kind === 'refused') throw unauthorized('wrong-password', 'Name or password is wrong.');
    throw tooManyLogins(outcome.waitMs);
  },
});
