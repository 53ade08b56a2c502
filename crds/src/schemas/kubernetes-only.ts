import { type Kind, KINDS } from './kinds.ts';
import type { StructuralSchema } from './structural.ts';

/** Paths of the fields of a kind that only Kubernetes can honour, e.g. `spec.nodeSelector`. */
export const kubernetesOnlyFields = (kind: Kind): readonly string[] => marked(KINDS[kind].spec, 'spec');

function marked(schema: StructuralSchema, path: string): string[] {
  if (schema['x-kubeplant-host'] === 'Kubernetes') return [path];
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => marked(child, `${path}.${name}`));
}
