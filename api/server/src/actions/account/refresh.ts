import { LoginOutput, Nothing } from '@kubeplant/api-client/schemas';
import { renewSession } from '../../auth/sessions.ts';
import { defineAction } from '../action.ts';
import { unauthorized } from '../action-error.ts';
import { toLoginOutput } from './account-view.ts';

export const refresh = defineAction({
  name: 'auth.refresh',
  summary: 'Exchange the refresh cookie for a new access token',
  permission: 'public',
  input: Nothing,
  output: LoginOutput,
  run: async (ctx) => {
    const token = ctx.cookie.read();
    if (token === undefined) throw unauthorized('signed-out', 'There is no refresh cookie; sign in.');
    const renewal = await renewSession(ctx.accounts, token, ctx.origin);
    if (renewal.kind === 'renewed') return toLoginOutput(ctx, renewal.session);
    ctx.cookie.clear();
    if (renewal.kind === 'reused')
      ctx.log.warn({ address: ctx.origin.address }, 'an old refresh token was used again; its session was ended');
    throw unauthorized('session-ended', 'This session has ended; sign in again.');
  },
});
