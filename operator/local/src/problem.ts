import type { Finding } from '@kubeplant/crds/model';
import type { Position } from './yaml/types.ts';

/** Something to tell the author of the YAML: where, what, and what to do. */
export interface Problem extends Position {
  readonly severity: 'Error' | 'Warning';
  /** CamelCase constant. */
  readonly reason: string;
  readonly file: string;
  /** Kind and `namespace/name` of the resource; absent when the file itself is the matter. */
  readonly kind?: string;
  readonly name?: string;
  /** Path inside the resource; empty for the whole. */
  readonly field: string;
  readonly message: string;
}

/** `file:line:column kind/name field: message`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, kind, name, field, message } = problem;
  const subject = kind === undefined ? '' : ` ${kind}/${name ?? ''}`;
  return `${file}:${line}:${column}${subject}${field === '' ? '' : ` ${field}`}: ${message}`;
}

/** A finding of the plan at the place of its resource. */
export const toProblem = (finding: Finding, at: Position & { readonly file: string }): Problem => ({
  severity: finding.severity,
  reason: finding.reason,
  file: at.file,
  line: at.line,
  column: at.column,
  kind: finding.resource.kind,
  name: nameOf(finding.resource),
  field: finding.field,
  message: finding.message,
});

/** `namespace/name`, or the name alone where there is no namespace. */
export const nameOf = ({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

/** A problem with a file as a whole. */
export const atFile = (file: string, reason: string, message: string, severity: Problem['severity'] = 'Error'): Problem => ({
  severity,
  reason,
  file,
  line: 1,
  column: 1,
  field: '',
  message,
});

/** Findings of the plan at the places of their resources, once each; those of resources nobody wrote have no place. */
export function findingProblems(
  findings: readonly Finding[],
  resources: readonly {
    readonly object: { readonly kind: string; readonly metadata: { readonly namespace?: string; readonly name: string } };
    readonly origin: { readonly file: string };
    readonly positionOf: (field: string) => Position;
  }[],
): Problem[] {
  const places = new Map(resources.map((resource) => [`${resource.object.kind}/${nameOf(resource.object.metadata)}`, resource]));
  return findings.flatMap((finding) => {
    const place = places.get(`${finding.resource.kind}/${nameOf(finding.resource)}`);
    return place === undefined ? [] : [toProblem(finding, { file: place.origin.file, ...place.positionOf(finding.field) })];
  });
}
