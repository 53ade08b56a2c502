import { readFile, rm, stat } from 'node:fs/promises';
import type { DeclaredResource } from '@kubeplant/crds/model';
import { validateResource } from '@kubeplant/crds/validate';
import { explainWriteError } from '@kubeplant/kit';
import { completeResource } from '../accept/complete-resource.ts';
import type { Edit, EditResult } from '@kubeplant/operator-link';
import { stringify } from 'yaml';
import { versionOf } from '../accept/metadata.ts';
import type { AcceptedResource } from '../accept/types.ts';
import { nameOf } from '../problem.ts';
import { keyOf } from '../source/to-resources.ts';
import { writeAtomically } from '../write-atomically.ts';
import { diffValue } from './diff-value.ts';
import { editText, removeFromText } from './edit-text.ts';

/** What an edit needs of the host. */
export interface EditDeps {
  readonly accepted: () => readonly AcceptedResource[];
  /** Files whose present text is not in force. */
  readonly held: () => readonly string[];
  /** Read everything again and carry it out. */
  readonly reload: () => Promise<void>;
}

const answer = (status: number, code: string, message: string, more: Partial<EditResult> = {}): EditResult => ({
  status,
  code,
  message,
  errors: '[]',
  object: '',
  yaml: '',
  ...more,
});

/** Carry a console edit out in the file the resource is written in, keeping comments and everything else. */
export async function handleEdit(deps: EditDeps, edit: Edit): Promise<EditResult> {
  const title = `${edit.kind} ${nameOf(edit)}`;
  // What somebody saved a moment ago counts, even if the watch has not told of it yet.
  await deps.reload();
  const present = deps.accepted().find(({ object }) => object.kind === edit.kind && nameOf(object.metadata) === nameOf(edit));
  if (present === undefined) return answer(404, 'not-found', `there is no ${title}`);
  if (edit.resourceVersion !== '' && edit.resourceVersion !== present.object.metadata.resourceVersion) {
    return answer(412, 'stale', `${title} was changed meanwhile: load it again`);
  }
  const wanted = edit.method === 'DELETE' ? undefined : parseWanted(edit, present.object);
  if (wanted?.kind === 'refused') return wanted.result;
  const { file, transformed } = present.origin;
  if (file === '-' || transformed) {
    const from = transformed ? 'a kustomization' : 'standard input';
    const yaml = wanted === undefined ? '' : stringify(declaredOnly(wanted.object));
    return answer(409, 'managed-elsewhere', `${title} comes from ${from}: change it there`, { yaml });
  }
  if (deps.held().includes(file)) {
    return answer(409, 'file-broken', `${file} has an error and is not in force as it stands: correct the file first`);
  }
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return answer(409, 'file-gone', `${file} cannot be read any more: look at the file`);
  const changed = wanted === undefined ? removeFromText(text, present.origin) : editText(text, present.origin, wanted.changes);
  if (changed === undefined) {
    const yaml = wanted === undefined ? '' : stringify(declaredOnly(wanted.object));
    return answer(409, 'managed-elsewhere', `${title} uses YAML anchors, which cannot be edited in place: change ${file} by hand`, {
      yaml,
    });
  }
  if (edit.dryRun) return answer(200, 'ok', 'valid; nothing was changed', { object: JSON.stringify(wanted?.object ?? present.object) });
  const refused = await save(file, changed);
  if (refused !== undefined) return answer(500, 'file-not-written', `${file} cannot be written: ${refused}`);
  await deps.reload();
  const after = deps.accepted().find(({ object }) => keyOf(object) === keyOf(present.object));
  return answer(200, 'ok', wanted === undefined ? `${title} removed from ${file}` : `${title} changed in ${file}`, {
    object: JSON.stringify(after?.object ?? present.object),
  });
}

/** Write the file, or remove it when nothing is left in it. Why not, where the system refuses. */
async function save(file: string, text: string): Promise<string | undefined> {
  try {
    if (text === '') await rm(file);
    else await writeAtomically(file, text, (await stat(file)).mode & 0o777);
    return undefined;
  } catch (error) {
    const why = explainWriteError(error);
    if (why === undefined) throw error;
    return why;
  }
}

type Wanted =
  | { readonly kind: 'wanted'; readonly object: DeclaredResource; readonly changes: ReturnType<typeof diffValue> }
  | { readonly kind: 'refused'; readonly result: EditResult };

function parseWanted(edit: Edit, present: DeclaredResource): Wanted {
  const refused = (field: string, message: string): Wanted => ({
    kind: 'refused',
    result: answer(400, 'invalid', message, { errors: JSON.stringify([{ field, message }]) }),
  });
  const parsed = parseJson(edit.object);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refused('', 'the resource must be a JSON object');
  const object = declaredOnly(parsed as DeclaredResource);
  if (object.kind !== edit.kind || object.metadata.name !== edit.name || (object.metadata.namespace ?? '') !== edit.namespace) {
    return refused('metadata.name', `kind, namespace and name must stay ${edit.kind} ${nameOf(edit)}`);
  }
  const errors = validateResource(object, { old: present });
  if (errors.length > 0) {
    const [first] = errors;
    const message = `${first?.field}: ${first?.message}`;
    const result = answer(400, 'invalid', message, {
      errors: JSON.stringify(errors.map(({ field, message: text }) => ({ field, message: text }))),
    });
    return { kind: 'refused', result };
  }
  const complete = completeResource(object);
  const versioned = {
    ...complete,
    metadata: { ...complete.metadata, uid: present.metadata.uid ?? '', resourceVersion: versionOf(complete) },
  };
  return { kind: 'wanted', object: versioned, changes: diffValue(declaredOnly(present), declaredOnly(complete)) };
}

/** Without what the host fills in; a namespace that was not written stays unwritten because it does not differ. */
function declaredOnly({ apiVersion, kind, metadata, spec }: DeclaredResource): DeclaredResource {
  const { name, namespace, labels, annotations } = metadata ?? {};
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) },
    spec,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
