import type { UserOutcome } from '../../auth/users.ts';
import { ActionError, invalidInput, notFound } from '../action-error.ts';

/** The value of a change that was done; else the refusal that says why not. */
export function takeOutcome<T>(username: string, outcome: UserOutcome<T>): T {
  switch (outcome.kind) {
    case 'done':
      return outcome.value;
    case 'weak':
      throw invalidInput([{ field: 'password', message: outcome.why }]);
    case 'taken':
      throw new ActionError({ status: 409, code: 'taken', detail: `There is already a user ${username}.` });
    case 'lastAdmin': {
      const detail = `${username} is the last administrator; give another user the role admin everywhere (namespace * and site *) first.`;
      throw new ActionError({ status: 409, code: 'last-admin', detail });
    }
    default:
      throw notFound(`user ${username}`);
  }
}
