import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import type { Positions } from './positions.ts';
import { resolveScalar, resolveScalar12, type ScalarValue } from './resolve-scalar.ts';
import { convertTagged } from './tagged-scalar.ts';
import type { Position, YamlProblem } from './types.ts';

interface ConvertDeps {
  readonly positions: Positions;
  readonly at: (offset: number) => Position;
  readonly report: (problem: YamlProblem) => void;
}

type Path = readonly (string | number)[];
type Convert = (node: unknown, path: Path) => unknown;

/** Aliases are expanded; a document that grows beyond this is refused ("billion laughs"). */
const MAX_NODES = 200_000;

/** Document → plain value, recording where each field is and reporting what other tools would read otherwise. */
export function createConverter(deps: ConvertDeps): (document: Document.Parsed) => unknown {
  return (document) => {
    let nodes = 0;
    const convert: Convert = (node, path) => {
      nodes += 1;
      if (nodes > MAX_NODES) {
        if (nodes === MAX_NODES + 1)
          fail(deps, node, `the document has more than ${MAX_NODES} values once its aliases are expanded: split it`);
        return null;
      }
      if (isAlias(node)) {
        const target = node.resolve(document);
        if (target === undefined) return fail(deps, node, `unknown anchor "${node.source}"`);
        return convert(target, path);
      }
      if (isMap(node)) return convertMap(deps, convert, node, path);
      if (isSeq(node)) return node.items.map((item, index) => convertAt(deps, convert, item, [...path, index]));
      return isScalar(node) ? convertScalar(deps, node) : null;
    };
    deps.positions.record([], document.contents?.range?.[0] ?? document.range[0]);
    return convert(document.contents, []);
  };
}

function convertAt(deps: ConvertDeps, convert: Convert, node: unknown, path: Path): unknown {
  const start = (node as Node | null)?.range?.[0];
  if (start !== undefined) deps.positions.record(path, start);
  return convert(node, path);
}

function convertMap(deps: ConvertDeps, convert: Convert, map: YAMLMap, path: Path): Record<string, unknown> {
  const own = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const pair of map.items) {
    if (isMergeKey(pair)) {
      for (const source of mergeSources(deps, convert, pair, path)) {
        for (const [key, value] of Object.entries(source)) if (!merged.has(key)) merged.set(key, value);
      }
      continue;
    }
    const key = convertKey(deps, pair.key);
    if (key === undefined) continue;
    const start = (pair.key as Node | null)?.range?.[0];
    if (own.has(key)) warn(deps, pair.key, 'DuplicateKey', `"${key}" is given twice here; the last one holds: remove one`);
    if (start !== undefined) deps.positions.record([...path, key], start);
    own.set(key, convert(pair.value, [...path, key]));
  }
  // Own keys win over merged ones; `__proto__` must stay an ordinary key.
  return Object.fromEntries([...merged, ...own]);
}

const isMergeKey = ({ key }: Pair): boolean => isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;

function mergeSources(deps: ConvertDeps, convert: Convert, pair: Pair, path: Path): Record<string, unknown>[] {
  const value = convert(pair.value, [...path, '<<']);
  const sources = Array.isArray(value) ? value : [value];
  if (sources.every((source) => typeof source === 'object' && source !== null && !Array.isArray(source))) return sources;
  fail(deps, pair.key, '"<<" takes a map or a list of maps');
  return [];
}

/** Keys of JSON are text; null and collections are refused as kubectl does. */
function convertKey(deps: ConvertDeps, key: unknown): string | undefined {
  if (!isScalar(key)) {
    fail(deps, key, 'a key must be a text, not a list or a map');
    return undefined;
  }
  const value = convertScalar(deps, key);
  if (value !== null) return String(value);
  fail(deps, key, 'a key must not be null: quote it');
  return undefined;
}

function convertScalar(deps: ConvertDeps, node: Scalar): ScalarValue {
  // Every scalar is text in the failsafe schema.
  const source = String(node.value ?? '');
  const quoted = node.type !== undefined && node.type !== Scalar.PLAIN;
  if (node.tag === '!' || node.tag === 'tag:yaml.org,2002:str') return source;
  if (node.tag !== undefined) return checked(deps, node, convertTagged(node.tag, source, quoted));
  if (quoted) return source;
  const value = resolveScalar(source);
  if (!Object.is(value, resolveScalar12(source)) && value !== 0) {
    const other = JSON.stringify(resolveScalar12(source));
    warn(
      deps,
      node,
      'YamlAmbiguous',
      `${source} is read as ${JSON.stringify(value)}, as kubectl does; YAML 1.2 reads ${other}: write ${typeof value === 'boolean' ? `${value}, or "${source}" in quotes` : `${value}, or quote it`}`,
    );
  }
  return checked(deps, node, value);
}

function checked(deps: ConvertDeps, node: unknown, value: ScalarValue | { readonly error: string }): ScalarValue {
  if (typeof value === 'object' && value !== null) return fail(deps, node, value.error);
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return fail(deps, node, `${value} is not a number JSON has: write a finite number`);
}

function fail({ at, report }: ConvertDeps, node: unknown, message: string): null {
  report({ ...at((node as Node | null)?.range?.[0] ?? 0), severity: 'Error', reason: 'YamlMalformed', message });
  return null;
}

function warn({ at, report }: ConvertDeps, node: unknown, reason: string, message: string): void {
  report({ ...at((node as Node | null)?.range?.[0] ?? 0), severity: 'Warning', reason, message });
}
