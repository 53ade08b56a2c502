import { kubernetesOnlyFields, type KINDS } from '@kubeplant/crds';
import type { DeclaredResource } from '@kubeplant/crds/model';
import { validateResource } from '@kubeplant/crds/validate';
import { nameOf, type Problem } from '../problem.ts';
import { keyOf } from '../source/to-resources.ts';
import type { SourceFile, SourceResource } from '../source/types.ts';
import { completeResource } from './complete-resource.ts';
import { withMetadata } from './metadata.ts';
import type { Accepted, Acceptance, AcceptedResource } from './types.ts';

/**
 * Judge what was read against the schemas, the CEL rules and what is in force (`oldSelf`). A file with an error keeps
 * what it last had in force; at the first reading, when there is nothing to keep, its valid resources count.
 */
export function acceptFiles(files: readonly SourceFile[], before: Accepted): Acceptance {
  const problems: Problem[] = files.flatMap((file) => file.problems);
  const old = new Map([...before.values()].flat().map((resource) => [keyOf(resource.object), resource.object]));
  const accepted = new Map<string, readonly AcceptedResource[]>();
  const held: string[] = [];
  const taken = new Map<string, SourceResource>();
  for (const file of files) {
    const judged = file.resources.map((resource) => judge(resource, old, taken));
    const errors = judged.flatMap((outcome) => outcome.problems);
    problems.push(...errors);
    const bad = file.broken || [...file.problems, ...errors].some(({ severity }) => severity === 'Error');
    const fresh = judged.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
    if (bad) held.push(file.file);
    accepted.set(file.file, bad ? (before.get(file.file) ?? fresh) : fresh);
  }
  return { accepted: withoutDuplicates(accepted, held), problems, held };
}

interface Judged {
  readonly resource?: AcceptedResource;
  readonly problems: readonly Problem[];
}

function judge(source: SourceResource, old: ReadonlyMap<string, DeclaredResource>, taken: Map<string, SourceResource>): Judged {
  const { object, origin, positionOf } = source;
  const report = (severity: Problem['severity'], reason: string, field: string, message: string): Problem => {
    const name = nameOf(object.metadata);
    return { severity, reason, file: origin.file, ...positionOf(field), kind: object.kind, name, field, message };
  };
  const twin = taken.get(keyOf(object));
  if (twin !== undefined) {
    const { line } = twin.positionOf('');
    return {
      problems: [
        report('Error', 'DuplicateResource', 'metadata.name', `it is declared in ${twin.origin.file}:${line} too: remove one of them`),
      ],
    };
  }
  taken.set(keyOf(object), source);
  const oldObject = old.get(keyOf(object));
  const errors = validateResource(object, oldObject === undefined ? {} : { old: oldObject });
  if (errors.length > 0) return { problems: errors.map(({ field, message }) => report('Error', 'Invalid', field, message)) };
  const complete = withMetadata(completeResource(object));
  const unused = kubernetesOnlyFields(object.kind as keyof typeof KINDS).filter((field) => valueAt(object, field) !== undefined);
  const notes = unused.map((field) =>
    report('Warning', 'NotOnThisHost', field, 'only Kubernetes can honour this; on this host it has no effect'),
  );
  return { resource: { object: complete, origin, positionOf }, problems: notes };
}

/** A resource that moved from a file that is held to one that is not is in force once: as freshly read. */
function withoutDuplicates(accepted: Map<string, readonly AcceptedResource[]>, held: readonly string[]): Accepted {
  const fresh = new Set(
    [...accepted].filter(([file]) => !held.includes(file)).flatMap(([, resources]) => resources.map(({ object }) => keyOf(object))),
  );
  const seen = new Set<string>();
  for (const file of held) {
    const kept = (accepted.get(file) ?? []).filter(({ object }) => {
      const key = keyOf(object);
      const first = !fresh.has(key) && !seen.has(key);
      seen.add(key);
      return first;
    });
    accepted.set(file, kept);
  }
  return accepted;
}

const valueAt = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
      object,
    );
