import { compileExpression } from '../expression/compile-expression.ts';

/** A calculated tag. */
export interface CalculatedTag {
  readonly device: string;
  readonly tag: string;
  readonly expression: string;
}

/** `order`: every tag after those it reads. `cycle`: `device/tag` of tags that read each other in a circle, the first one again at the end. */
export type CalculatedOrder =
  | { readonly kind: 'ok'; readonly order: readonly CalculatedTag[] }
  | { readonly kind: 'cycle'; readonly cycle: readonly string[] };

/**
 * Order calculated tags so that each comes after its inputs. Tags whose expression does not compile count as reading
 * nothing; inputs that are not calculated are no edges. Of several circles one is told.
 */
export function orderCalculated(tags: readonly CalculatedTag[]): CalculatedOrder {
  const byKey = new Map(tags.map((tag) => [keyOf(tag.device, tag.tag), tag]));
  const order: CalculatedTag[] = [];
  const done = new Set<string>();
  for (const start of byKey.keys()) {
    const cycle = visit(start, { byKey, order, done });
    if (cycle !== undefined) return { kind: 'cycle', cycle };
  }
  return { kind: 'ok', order };
}

const keyOf = (device: string, tag: string): string => `${device}/${tag}`;

interface Walk {
  readonly byKey: ReadonlyMap<string, CalculatedTag>;
  readonly order: CalculatedTag[];
  readonly done: Set<string>;
}

/** Depth first with a stack of its own: a chain of thousands must not overflow ours. */
function visit(start: string, walk: Walk): string[] | undefined {
  if (walk.done.has(start)) return undefined;
  const path = new Map<string, string[]>([[start, readsOf(start, walk)]]);
  const stack = [start];
  for (let key = stack.at(-1); key !== undefined; key = stack.at(-1)) {
    const next = path.get(key)?.pop();
    if (next === undefined) {
      finish(key, walk);
      path.delete(key);
      stack.pop();
    } else if (path.has(next)) {
      return [...stack.slice(stack.indexOf(next)), next];
    } else if (!walk.done.has(next)) {
      path.set(next, readsOf(next, walk));
      stack.push(next);
    }
  }
  return undefined;
}

function finish(key: string, walk: Walk): void {
  const tag = walk.byKey.get(key);
  if (tag !== undefined) walk.order.push(tag);
  walk.done.add(key);
}

/** Calculated tags a tag reads, last first. */
function readsOf(key: string, walk: Walk): string[] {
  const tag = walk.byKey.get(key);
  if (tag === undefined) return [];
  const compiled = compileExpression(tag.expression);
  if (compiled.kind === 'error') return [];
  const reads = compiled.inputs.map((input) => keyOf(input.device ?? tag.device, input.tag));
  return reads.filter((read) => walk.byKey.has(read)).reverse();
}
