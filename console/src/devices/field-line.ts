import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/**
 * Line (from 1) of a field such as `spec.tags.FIC-101.PV.scale.factor` or `spec.areas[0].path` in a YAML text: of the deepest part that
 * is there. Names may hold dots, so the longest name that fits is taken.
 */
export function findFieldLine(text: string, field: string): number {
  const lines = new LineCounter();
  let node: unknown = parseDocument(text, { lineCounter: lines }).contents;
  let rest = field.replaceAll(/\[(\d+)\]/g, '.$1');
  let offset = 0;
  while (rest !== '' && isNode(node)) {
    const step = stepInto(node, rest);
    if (step === undefined) break;
    offset = step.offset;
    node = step.node;
    rest = step.rest;
  }
  return lines.linePos(offset).line || 1;
}

interface Step {
  readonly node: unknown;
  readonly offset: number;
  readonly rest: string;
}

function stepInto(node: Node, path: string): Step | undefined {
  if (isSeq(node)) {
    const [index = ''] = path.split('.', 1);
    const item = node.items[Number(index)];
    return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0, rest: path.slice(index.length + 1) } : undefined;
  }
  if (!isMap(node)) return undefined;
  const fitting = node.items
    .flatMap(({ key, value }) => (isScalar(key) ? [{ name: String(key.value), offset: key.range?.[0] ?? 0, value }] : []))
    .filter(({ name }) => path === name || path.startsWith(`${name}.`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  return fitting && { node: fitting.value, offset: fitting.offset, rest: path.slice(fitting.name.length + 1) };
}
