import { isKind, KINDS } from '../schemas/kinds.ts';
import type { AnyResource } from '../schemas/resource.ts';
import type { StructuralSchema } from '../schemas/structural.ts';
import { isRecord } from './is-record.ts';

/**
 * Fill in schema defaults as the API server does when it stores a resource, status included. The object must have passed
 * `validateResource`; it is not changed.
 */
export function applyDefaults(object: unknown): AnyResource {
  if (!isRecord(object) || typeof object.kind !== 'string' || !isKind(object.kind))
    throw new Error('applyDefaults takes a validated resource');
  const { spec, status } = KINDS[object.kind];
  const filled = { ...object, spec: fillDefaults(spec, object.spec), status: fillDefaults(status, object.status ?? status.default) };
  // validateResource has checked the object against the schemas the type is inferred from.
  return filled as unknown as AnyResource;
}

/** Fill in the defaults of one schema. A field that is null counts as absent, as in Kubernetes; items of lists do not. */
export function fillDefaults(schema: StructuralSchema, value: unknown): unknown {
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => fillDefaults(items, item)) : value;
  if (!isRecord(value)) return value;
  const present = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  const filled = present.map(([key, child]): [string, unknown] => {
    const childSchema = properties && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    return [key, childSchema ? fillDefaults(childSchema, child) : child];
  });
  return Object.fromEntries([...filled, ...missingDefaults(properties ?? {}, new Set(present.map(([key]) => key)))]);
}

function missingDefaults(properties: Readonly<Record<string, StructuralSchema>>, present: ReadonlySet<string>): [string, unknown][] {
  return Object.entries(properties).flatMap(([name, schema]): [string, unknown][] =>
    schema.default === undefined || present.has(name) ? [] : [[name, fillDefaults(schema, structuredClone(schema.default))]],
  );
}
