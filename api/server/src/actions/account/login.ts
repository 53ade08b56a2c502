import { LoginInput, LoginOutput } from '@kubeplant/api-client/schemas';
import { login } from '../../auth/login.ts';
import { defineAction } from '../action.ts';
import { ActionError, unauthorized } from '../action-error.ts';
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
    const seconds = Math.ceil(outcome.waitMs / 1000);
    const detail = `Too many failed logins; try again in ${seconds} s.`;
    throw new ActionError({ status: 429, code: 'too-many-logins', detail, headers: { 'retry-after': String(seconds) } });
  },
});
