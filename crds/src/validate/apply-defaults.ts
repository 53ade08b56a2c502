import { isKind, KINDS } from '../schemas/kinds.ts';
import type { AnyResource } from '../schemas/resource.ts';
import type { StructuralSchema } from '../schemas/structural.ts';
import { isRecord, type JsonObject } from './is-record.ts';

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

/** Fill in the defaults of one schema. Where a field has a default, null counts as absent, as in Kubernetes. */
export function fillDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items ? value.map((item) => fillDefaults(schema.items as StructuralSchema, item)) : value;
  if (!isRecord(value)) return value;
  const { properties, additionalProperties } = schema;
  if (properties) return fillProperties(properties, value);
  if (!additionalProperties) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fillDefaults(additionalProperties, child)]));
}

function fillProperties(properties: Readonly<Record<string, StructuralSchema>>, value: JsonObject): JsonObject {
  const filled: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  for (const [name, schema] of Object.entries(properties)) {
    const present = Object.hasOwn(value, name) ? value[name] : undefined;
    const declared =
      schema.default !== undefined && (present === undefined || present === null) ? structuredClone(schema.default) : present;
    if (declared !== undefined) filled[name] = fillDefaults(schema, declared);
  }
  return filled;
}
