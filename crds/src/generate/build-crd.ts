import { API_GROUP, API_VERSION, type KindDefinition } from '../schemas/kinds.ts';
import type { StructuralSchema } from '../schemas/structural.ts';

/** The CustomResourceDefinition of a kind, as a plain object. */
export function buildCrd(definition: KindDefinition) {
  const { kind, plural, singular, shortNames, scope, columns, selectableFields } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${API_GROUP}`,
      labels: { 'app.kubernetes.io/name': 'kubeplant', 'app.kubernetes.io/component': 'crds' },
    },
    spec: {
      group: API_GROUP,
      // A short name that is also the singular would be refused: both name the resource already.
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        shortNames: shortNames.filter((name) => name !== singular),
        categories: ['kubeplant'],
      },
      scope,
      versions: [
        {
          name: API_VERSION.slice(API_GROUP.length + 1),
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          ...(selectableFields.length > 0 ? { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) } : {}),
          schema: { openAPIV3Schema: buildRootSchema(definition) },
        },
      ],
    },
  };
}

function buildRootSchema({ description, maxNameLength, spec, status }: KindDefinition) {
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema: kubeplant.io/v1alpha1.' },
      kind: { type: 'string', description: 'Kind of the resource.' },
      metadata: {
        type: 'object',
        properties: {
          name: { type: 'string', maxLength: maxNameLength, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
        },
      },
      spec: toKubernetes(spec),
      status: toKubernetes(status),
    },
  };
}

/** The schema without our own notes; defaults and hosts are said in the description, where `kubectl explain` shows them. */
function toKubernetes(schema: StructuralSchema): Record<string, unknown> {
  const { description, properties, additionalProperties, items, ...rest } = schema;
  const kept = Object.entries(rest).filter(([key]) => !key.startsWith('x-kubeplant-'));
  return {
    description: describe(schema),
    ...Object.fromEntries(kept),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, toKubernetes(child)])) }),
    ...(additionalProperties && { additionalProperties: toKubernetes(additionalProperties) }),
    ...(items && { items: toKubernetes(items) }),
  };
}

function describe(schema: StructuralSchema): string {
  const value = schema['x-kubeplant-default'] ?? (typeof schema.default === 'object' ? undefined : schema.default);
  return [
    schema.description,
    ...(value === undefined ? [] : [`Default: ${value}.`]),
    ...(schema['x-kubeplant-host'] === 'Kubernetes' ? ['Only on Kubernetes; the local host does not use it.'] : []),
  ].join(' ');
}
