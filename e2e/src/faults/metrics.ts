/** Samples of a process's metrics page: name with labels, and value. */
export type Metrics = ReadonlyMap<string, number>;

/** Metrics of a process of ours now; none while it is away. */
export async function readMetrics(probeUrl: string): Promise<Metrics> {
  try {
    const text = await (await fetch(`${probeUrl}/metrics`, { signal: AbortSignal.timeout(2000) })).text();
    return new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => {
          const [, name = '', value] = /^(.*\}|\S+) (\S+)/.exec(line) ?? [];
          return [name, Number(value)];
        }),
    );
  } catch {
    return new Map();
  }
}

/** Sum of a metric over its labels. */
export const sumOf = (metrics: Metrics, name: string): number =>
  [...metrics].reduce((sum, [key, value]) => (key === name || key.startsWith(`${name}{`) ? sum + value : sum), 0);

/** Upper bound of the bucket in which the 99th of a hundred lies, since `before`; undefined when nothing was measured. */
export function p99Of(metrics: Metrics, name: string, before: Metrics = new Map()): number | undefined {
  const buckets = new Map<number, number>();
  for (const [key, value] of metrics) {
    if (!key.startsWith(`${name}_bucket{`)) continue;
    const text = /le="([^"]+)"/.exec(key)?.[1];
    const most = text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
    buckets.set(most, (buckets.get(most) ?? 0) + value - (before.get(key) ?? 0));
  }
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  return total === 0 ? undefined : sorted.find(([, count]) => count >= total * 0.99)?.[0];
}
