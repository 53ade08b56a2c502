import { activeTraceparent } from '@kubeplant/kit';
import type { model } from '@kubeplant/proto';
import { randomUUID } from 'node:crypto';
import { type ResourceEdit, type ResourceEditResult, Unavailable } from '../ports.ts';

const ANSWER_MS = 30_000;

/** Edits on their way to one operator. */
export interface PendingEdits {
  send(edit: ResourceEdit): Promise<ResourceEditResult>;
  answer(result: model.EditResult): void;
  /** The connection is gone: nobody knows what became of the edits. */
  abandon(): void;
}

export function createPendingEdits(write: (edit: model.Edit) => void, answerMs = ANSWER_MS): PendingEdits {
  const waiting = new Map<
    string,
    { resolve: (result: ResourceEditResult) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }
  >();
  const take = (id: string) => {
    const one = waiting.get(id);
    waiting.delete(id);
    clearTimeout(one?.timer);
    return one;
  };
  const fail = (id: string, why: string): void =>
    take(id)?.reject(new Unavailable(`${why}: the change may or may not have been made; load the resource again to see`));
  return {
    send: (edit) =>
      new Promise((resolve, reject) => {
        const id = randomUUID();
        const timer = setTimeout(() => fail(id, `the operator has not answered for ${answerMs / 1000} s`), answerMs);
        waiting.set(id, { resolve, reject, timer });
        write(toMessage(id, edit));
      }),
    answer: (result) => take(result.id)?.resolve(toResult(result)),
    abandon: () => {
      for (const id of [...waiting.keys()]) fail(id, 'the connection to the operator was lost');
    },
  };
}

const toMessage = (id: string, edit: ResourceEdit): model.Edit => ({
  id,
  method: edit.method,
  kind: edit.kind,
  namespace: edit.namespace,
  name: edit.name,
  object: edit.object === undefined ? '' : JSON.stringify(edit.object),
  resourceVersion: edit.resourceVersion ?? '',
  dryRun: edit.dryRun,
  user: edit.user,
  traceparent: activeTraceparent(),
});

function toResult({ status, code, message, errors, object, yaml }: model.EditResult): ResourceEditResult {
  const parsedErrors = parseJson(errors);
  const parsedObject = parseJson(object);
  return {
    status,
    code,
    message,
    ...(Array.isArray(parsedErrors) && parsedErrors.length > 0 ? { errors: parsedErrors as { field: string; message: string }[] } : {}), // written by the operator as proto says
    ...(parsedObject === undefined ? {} : { object: parsedObject }),
    ...(yaml === '' ? {} : { yaml }),
  };
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
