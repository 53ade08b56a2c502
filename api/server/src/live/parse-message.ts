import type { ClientMessage as Message } from '@kubeplant/api-client';
import { ClientMessage } from '@kubeplant/api-client/schemas';
import { Compile, type Validator } from 'typebox/compile';
import { ActionError } from '../actions/action-error.ts';

let validator: Validator<Record<string, never>, typeof ClientMessage> | undefined;

/** A message of the browser; refused where it is not one. */
export function parseMessage(text: string): Message {
  validator ??= Compile(ClientMessage);
  const message = parseJson(text);
  if (validator.Check(message)) return message;
  const detail =
    'Messages are hello {token}, token {token}, subscribe {tags?, alarms?} and unsubscribe {tags?, alarms?}, at most 5,000 tags of the form namespace/device/tag.';
  throw new ActionError({ status: 400, code: 'invalid', detail });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ActionError({ status: 400, code: 'invalid', detail: 'A message must be JSON.' });
  }
}
