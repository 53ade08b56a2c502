import type { CelRule, StructuralSchema } from '../schemas/structural.ts';
import { type CelData, toCelData } from './cel-value.ts';
import { compileRule } from './compile-rule.ts';
import { createError, type FieldPath, type ValidationError } from './validation-error.ts';

interface RuleInput {
  readonly schema: StructuralSchema;
  readonly value: unknown;
  /** The value before the change, for rules with `oldSelf`. */
  readonly old?: unknown;
  readonly path: FieldPath;
  /** Errors found already: rules do not run on a value that has one in it. */
  readonly structural: readonly ValidationError[];
}

/** Run the CEL rules of a schema and of everything in it. Defaults must be filled in. */
export function checkRules({ schema, value, old, path, structural }: RuleInput): ValidationError[] {
  if (structural.some((error) => error.path.length <= path.length)) return [];
  const sound = toSoundValue(value, path, structural);
  const before = old === undefined ? undefined : toCelData(schema, old);
  return visit({ schema, value: toCelData(schema, sound), before, path, faulty: structural.map((error) => error.path) });
}

interface Node {
  readonly schema: StructuralSchema;
  readonly value: CelData;
  readonly before: CelData | undefined;
  readonly path: FieldPath;
  readonly faulty: readonly FieldPath[];
}

function visit(node: Node): ValidationError[] {
  const { schema, value, path } = node;
  const faulty = node.faulty.filter((fault) => fault.length >= path.length && fault[path.length - 1] === path.at(-1));
  const own = faulty.length > 0 ? [] : runRules(node);
  const inner = { ...node, faulty };
  if (value instanceof Map) return [...own, ...visitFields(inner, value)];
  const { items } = schema;
  if (!Array.isArray(value) || !items) return own;
  return [
    ...own,
    ...value.flatMap((item, n) => visit({ schema: items, value: item, before: itemBefore(node, item), path: [...path, n], faulty })),
  ];
}

function visitFields({ schema, before, path, faulty }: Node, value: Map<string, CelData>): ValidationError[] {
  const errors: ValidationError[] = [];
  for (const [key, child] of value) {
    const childSchema = schema.properties?.[key] ?? schema.additionalProperties;
    if (!childSchema) continue;
    const childBefore = before instanceof Map && schema['x-kubernetes-map-type'] !== 'atomic' ? before.get(key) : undefined;
    errors.push(...visit({ schema: childSchema, value: child, before: childBefore, path: [...path, key], faulty }));
  }
  return errors;
}

/** Items of list-maps are matched by their keys; other lists are not matched, as in Kubernetes. */
function itemBefore({ schema, before }: Node, item: CelData): CelData | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(before) || !(item instanceof Map)) return undefined;
  return before.find((other) => other instanceof Map && keys.every((key) => other.get(key) === item.get(key)));
}

function runRules({ schema, value, before, path }: Node): ValidationError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => {
    const compiled = compileRule(rule);
    if (compiled.isTransition && before === undefined) return [];
    const problem = compiled.check(value, before);
    const scalar = typeof value === 'bigint' ? Number(value) : value;
    return problem === undefined ? [] : [createError(errorPath(path, rule), problem, scalar)];
  });
}

const errorPath = (path: FieldPath, { fieldPath }: CelRule): FieldPath =>
  fieldPath === undefined ? path : [...path, ...fieldPath.split('.').slice(1)];

/** The value with faulty parts taken out, so that the rest can be converted by its schema. */
function toSoundValue(value: unknown, path: FieldPath, structural: readonly ValidationError[]): unknown {
  if (structural.length === 0) return value;
  const copy = structuredClone(value);
  for (const error of structural) blank(copy, error.path.slice(path.length));
  return copy;
}

function blank(root: unknown, path: FieldPath): void {
  let at: unknown = root;
  for (const part of path.slice(0, -1)) at = typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined;
  const last = path.at(-1);
  if (typeof at === 'object' && at !== null && last !== undefined && Object.hasOwn(at, last)) Reflect.set(at, last, null);
}
