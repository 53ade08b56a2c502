/** One change of a value at a path; `value` undefined removes it. List items are inserted or removed by index. */
export type Change =
  | { readonly kind: 'Set'; readonly path: readonly (string | number)[]; readonly value: unknown }
  | { readonly kind: 'Remove'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'Insert'; readonly path: readonly (string | number)[]; readonly value: unknown };

type Path = readonly (string | number)[];

/** The changes that turn `before` into `after`, in an order in which they can be applied. */
export function diffValue(before: unknown, after: unknown, path: Path = []): Change[] {
  if (isRecord(before) && isRecord(after)) return diffMap(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return diffList(before, after, path);
  return equal(before, after) ? [] : [{ kind: 'Set', path, value: after }];
}

function diffMap(before: Record<string, unknown>, after: Record<string, unknown>, path: Path): Change[] {
  const removed = Object.keys(before).filter((key) => after[key] === undefined && before[key] !== undefined);
  const changed = Object.keys(after).filter((key) => after[key] !== undefined);
  return [
    ...removed.map((key): Change => ({ kind: 'Remove', path: [...path, key] })),
    ...changed.flatMap((key) =>
      before[key] === undefined
        ? [{ kind: 'Set' as const, path: [...path, key], value: after[key] }]
        : diffValue(before[key], after[key], [...path, key]),
    ),
  ];
}

/** Equal items at both ends stay; of those between, as many as both have are compared, the rest comes or goes. */
function diffList(before: readonly unknown[], after: readonly unknown[], path: Path): Change[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && equal(before[head], after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && equal(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail += 1;
  const both = shorter - head - tail;
  const changes: Change[] = [];
  for (let index = head; index < head + both; index += 1) changes.push(...diffValue(before[index], after[index], [...path, index]));
  for (let index = before.length - tail - 1; index >= head + both; index -= 1) changes.push({ kind: 'Remove', path: [...path, index] });
  for (let index = head + both; index < after.length - tail; index += 1)
    changes.push({ kind: 'Insert', path: [...path, index], value: after[index] });
  return changes;
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => equal(a[key], b[key]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
