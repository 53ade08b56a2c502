import type { StructuralSchema } from '../schemas/structural.ts';

/** One line of a table of fields. */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** A schema described elsewhere, and the link to it. */
export type Shared = ReadonlyMap<StructuralSchema, string>;

/** All fields below a schema, in order; schemas in `shared` are named and not repeated. */
export function fieldRows(schema: StructuralSchema, prefix: string, shared: Shared): FieldRow[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const row = {
      path,
      type: describeType(child, shared),
      fallback: required.has(name) ? '**required**' : describeDefault(child),
      meaning: describeMeaning(child),
    };
    return [row, ...rowsBelow(child, path, shared)];
  });
}

function rowsBelow(schema: StructuralSchema, path: string, shared: Shared): FieldRow[] {
  if (shared.has(schema)) return [];
  if (schema.properties) return fieldRows(schema, path, shared);
  const inner = schema.items ?? schema.additionalProperties;
  if (!inner || shared.has(inner)) return [];
  return fieldRows(inner, `${path}${schema.items ? '[]' : '.*'}`, shared);
}

function describeType(schema: StructuralSchema, shared: Shared): string {
  const link = shared.get(schema);
  if (link !== undefined) return link;
  if (schema['x-kubernetes-int-or-string']) return 'integer or text';
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.items) return `list of ${describeType(schema.items, shared)}${bounds(schema.minItems, schema.maxItems)}`;
  if (schema.additionalProperties)
    return `map of ${describeType(schema.additionalProperties, shared)}${bounds(schema.minProperties, schema.maxProperties)}`;
  if (schema.type === 'object') return 'object';
  if (schema.type === 'string')
    return schema.pattern?.includes('(ms|s|m|h)') ? 'duration' : schema.maxLength === undefined ? 'text' : `text (${schema.maxLength})`;
  return `${schema.type}${range(schema.minimum, schema.maximum)}`;
}

const bounds = (min: number | undefined, max: number | undefined): string =>
  max === undefined ? '' : `, ${min === undefined || min === 0 ? 'at most' : `${min} to`} ${max}`;

function range(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? '' : ` ≤ ${max}`;
  return max === undefined ? ` ≥ ${min}` : ` ${min} … ${max}`;
}

function describeDefault(schema: StructuralSchema): string {
  if (schema['x-kubeplant-default'] !== undefined) return schema['x-kubeplant-default'];
  return schema.default === undefined || typeof schema.default === 'object' ? '' : `\`${schema.default}\``;
}

function describeMeaning(schema: StructuralSchema): string {
  const rules = (schema['x-kubernetes-validations'] ?? [])
    .filter(({ rule }) => !rule.startsWith('duration(self)'))
    .map(({ message }) => message);
  const example = schema['x-kubeplant-example'];
  return [
    schema.description,
    ...(schema['x-kubeplant-host'] ? ['*Only on Kubernetes.*'] : []),
    ...(rules.length > 0 ? [`Rules: ${rules.join('; ')}.`] : []),
    ...(example === undefined ? [] : [`Example: \`${example}\`.`]),
  ].join(' ');
}
