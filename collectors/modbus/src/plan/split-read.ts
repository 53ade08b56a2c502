import type { PlannedRead } from './plan-reads.ts';
import type { TagPoint } from './tag-point.ts';

/** Two halves with the place of the cut between them; `overlap`: several points that share registers in different ways. */
export type SplitResult =
  | { readonly kind: 'parts'; readonly at: number; readonly reads: readonly [PlannedRead, PlannedRead] }
  | { readonly kind: 'overlap' }
  | { readonly kind: 'single' };

/** Split a read in the middle of its tags, never inside a tag. `single`: all its tags are the same registers. */
export function splitRead(read: PlannedRead): SplitResult {
  const clusters = toClusters(read.points);
  if (clusters.length === 1) {
    const [first] = read.points;
    const same = read.points.every((point) => point.start === first?.start && point.count === first.count);
    return { kind: same ? 'single' : 'overlap' };
  }
  const middle = clusters.length >> 1;
  const left = clusters.slice(0, middle).flat();
  const right = clusters.slice(middle).flat();
  return { kind: 'parts', at: firstItem(right), reads: [covering(read, left), covering(read, right)] };
}

/** Points in address order, those that share registers together. */
function toClusters(points: readonly TagPoint[]): TagPoint[][] {
  const clusters: TagPoint[][] = [];
  let end = -1;
  for (const point of [...points].sort((a, b) => a.start - b.start)) {
    if (point.start < end) clusters.at(-1)?.push(point);
    else clusters.push([point]);
    end = Math.max(end, point.start + point.count);
  }
  return clusters;
}

const firstItem = (points: readonly TagPoint[]): number => Math.min(...points.map((point) => point.start));

function covering(read: PlannedRead, points: readonly TagPoint[]): PlannedRead {
  const start = firstItem(points);
  return { function: read.function, start, count: Math.max(...points.map((point) => point.start + point.count)) - start, points };
}
