import { type Document, isMap, isScalar, isSeq, type Node, parseDocument, Scalar, visit, type YAMLMap } from 'yaml';
import { resolveScalar } from '../yaml/resolve-scalar.ts';
import type { Change } from './diff-value.ts';
import { joinDocuments, splitDocuments } from './split-documents.ts';
import { toNode } from './to-node.ts';

/** Which resource of a file. */
export interface EditTarget {
  readonly documentIndex: number;
  readonly itemIndex?: number;
}

/** The file's text with the changes made to one resource; comments and all other documents stay. Undefined: it cannot be edited in place. */
export function editText(text: string, target: EditTarget, changes: readonly Change[]): string | undefined {
  const split = splitDocuments(text);
  const chunk = split.chunks[target.documentIndex];
  if (chunk === undefined) return undefined;
  const document = parseDocument(chunk, { schema: 'failsafe', uniqueKeys: false, resolveKnownTags: false, logLevel: 'silent' });
  if (document.errors.length > 0 || hasAliases(document)) return undefined;
  const prefix = target.itemIndex === undefined ? [] : ['items', target.itemIndex];
  for (const change of changes) if (!applyChange(document, { ...change, path: [...prefix, ...change.path] })) return undefined;
  keepNulls(document);
  const edited = document.toString(layoutOf(chunk));
  return joinDocuments({ ...split, chunks: split.chunks.map((other, index) => (index === target.documentIndex ? edited : other)) });
}

/** The file's text without one resource; empty when it was the only one. */
export function removeFromText(text: string, target: EditTarget): string | undefined {
  if (target.itemIndex !== undefined)
    return editText(text, { documentIndex: target.documentIndex }, [{ kind: 'Remove', path: ['items', target.itemIndex] }]);
  const { separators, chunks } = splitDocuments(text);
  if (chunks[target.documentIndex] === undefined) return undefined;
  const keep = <T>(items: readonly T[]): T[] => items.filter((_, index) => index !== target.documentIndex);
  if (chunks.length === 1) return '';
  const [first, ...rest] = keep(separators);
  // The first document needs no separator of its own.
  return joinDocuments({ separators: [target.documentIndex === 0 ? '' : (first ?? ''), ...rest], chunks: keep(chunks) });
}

function applyChange(document: Document, change: Change): boolean {
  const parentPath = change.path.slice(0, -1);
  const last = change.path.at(-1);
  const parent = parentPath.length === 0 ? document.contents : nodeAt(document, parentPath);
  if (last === undefined || (!isMap(parent) && !isSeq(parent))) return false;
  if (isMap(parent)) return applyToMap(parent, String(last), change);
  const index = Number(last);
  if (change.kind === 'Remove') parent.items.splice(index, 1);
  else if (change.kind === 'Insert') parent.items.splice(index, 0, toNode(change.value));
  else parent.items[index] = replace(parent.items[index], change.value);
  if (parent.items.length === 0) parent.flow = true;
  return true;
}

function applyToMap(map: YAMLMap, key: string, change: Change): boolean {
  const index = map.items.findIndex((pair) => keyText(pair.key) === key);
  if (change.kind === 'Remove') {
    if (index >= 0) map.items.splice(index, 1);
    if (map.items.length === 0) map.flow = true;
    return true;
  }
  const pair = map.items[index];
  if (pair === undefined) map.add({ key: toNode(key), value: toNode(change.value) } as never);
  else pair.value = replace(pair.value, change.value);
  return true;
}

/** The new node keeps the comment that stands beside the old one, and a text its quotes. */
function replace(old: unknown, value: unknown): Node {
  const node = toNode(value);
  const before = old as Node | null;
  if (before?.comment) node.comment = before.comment;
  if (before?.commentBefore) node.commentBefore = before.commentBefore;
  if (
    isScalar(old) &&
    isScalar(node) &&
    typeof value === 'string' &&
    (old.type === Scalar.QUOTE_SINGLE || old.type === Scalar.QUOTE_DOUBLE)
  )
    node.type = old.type;
  return node;
}

function nodeAt(document: Document, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, step) => {
    if (isSeq(node)) return node.items[Number(step)];
    return isMap(node) ? node.items.find((pair) => keyText(pair.key) === String(step))?.value : undefined;
  }, document.contents);
}

/** A key as kubectl reads it: `010` is "8". */
const keyText = (key: unknown): string => {
  if (!isScalar(key)) return '';
  const text = String(key.value);
  return key.type === Scalar.PLAIN ? String(resolveScalar(text)) : text;
};

function hasAliases(document: Document): boolean {
  let found = false;
  const stop = () => {
    found = true;
    return visit.BREAK;
  };
  visit(document, { Alias: stop, Pair: (_, pair) => (keyText(pair.key) === '<<' ? stop() : undefined) });
  return found;
}

/** `key:` alone means null; written back as a text it would become "". */
function keepNulls(document: Document): void {
  visit(document, {
    Scalar: (_, scalar) => {
      if (scalar.value === '' && scalar.type === Scalar.PLAIN && scalar.tag === undefined) scalar.value = 'null';
    },
  });
}

/** Indentation and brackets as the author wrote them. */
function layoutOf(text: string) {
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
  return {
    lineWidth: 0,
    indent: Math.min(Math.max(indent, 2), 8),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*(#[^\n]*)?\n\1- /m.test(text),
    flowCollectionPadding: /\{ \S/.test(text) || !/\{\S/.test(text),
  };
}
