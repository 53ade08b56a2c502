import { LoginOutput, PasswordInput } from '@kubeplant/api-client/schemas';
import { ACCESS_TOKEN_S, signAccessToken } from '../../auth/access-token.ts';
import { toIdentity } from '../../auth/sessions.ts';
import { changePassword } from '../../auth/users.ts';
import { defineAction, identityOf } from '../action.ts';
import { ActionError, invalidInput, tooManyLogins, unauthorized } from '../action-error.ts';
import { toMe } from './account-view.ts';

export const changeMyPassword = defineAction({
  name: 'auth.changePassword',
  summary: 'Change your own password; ends your other sessions',
  permission: 'self',
  checksSession: true,
  beforePasswordChange: true,
  input: PasswordInput,
  output: LoginOutput,
  run: async (ctx, input) => {
    const { userId, sessionId = '', username, kind } = identityOf(ctx);
    if (kind === 'cli')
      throw new ActionError({ status: 409, code: 'no-password', detail: 'The token of the local command has no password.' });
    const attempt = ctx.accounts.throttle.begin(username, ctx.origin.address);
    if (attempt.kind === 'wait') throw tooManyLogins(attempt.waitMs);
    const outcome = await changePassword(ctx.accounts, { userId, sessionId }, input).catch((error: unknown) => {
      attempt.unsettled();
      throw error;
    });
    if (outcome.kind === 'wrongPassword') throw invalidInput([{ field: 'oldPassword', message: 'is not your present password' }]);
    attempt.succeeded();
    if (outcome.kind === 'weak') throw invalidInput([{ field: 'newPassword', message: outcome.why }]);
    if (outcome.kind !== 'done') throw unauthorized('session-ended', 'This user is gone; sign in again.');
    const identity = toIdentity(outcome.value, sessionId);
    return { accessToken: await signAccessToken(ctx.accounts, identity), expiresIn: ACCESS_TOKEN_S, user: toMe(identity) };
  },
});
