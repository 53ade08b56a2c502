import { startServedSpan } from '@kubeplant/kit';
import type { model } from '@kubeplant/proto';
import type { Edit, ModelLinkOptions } from './types.ts';

/** The answer to one edit. A handler that fails is answered too, so that the user is not left waiting. */
export async function answerEdit({ onEdit, log }: Pick<ModelLinkOptions, 'onEdit' | 'log'>, edit: Edit): Promise<model.EditResult> {
  const span = startServedSpan(`kubeplant edit ${edit.method}`, edit.traceparent);
  let failure: string | undefined;
  try {
    return { id: edit.id, ...(await span.run(() => onEdit(edit))) };
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    log.error({ err: error, kind: edit.kind, namespace: edit.namespace, name: edit.name }, 'an edit failed');
    const message = `${edit.kind} ${edit.namespace}/${edit.name} could not be changed: ${failure}`;
    return { id: edit.id, status: 500, code: 'edit-failed', message, errors: '[]', object: '', yaml: '' };
  } finally {
    span.end(failure);
  }
}
