import type { LiveTagValue, Tag } from '@kubeplant/api-client';
import { isGood } from '@kubeplant/words';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';
import { useTokens } from '../app/theme.ts';
import { useTag, useTagStream } from '../live/use-live.ts';
import { useVisible } from '../ui/use-visible.ts';
import { type SparkPoint, toSparkPath } from './spark-path.ts';

const SPAN_MS = 600_000;
const WIDTH = 132;
const HEIGHT = 26;
const MIN_REDRAW_MS = 1_000;

/** The last ten minutes of a tag, from history and then live. Text has none. */
export function Sparkline({ tag }: { readonly tag: Tag }) {
  const frame = useRef<SVGSVGElement>(null);
  const visible = useVisible(frame);
  const client = useClient();
  const { path, name } = tag;
  const history = useQuery({
    queryKey: ['spark', path],
    enabled: visible && tag.kind !== 'Text',
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const now = Date.now();
      const { times, series } = await client.history.query(
        {
          from: new Date(now - SPAN_MS).toISOString(),
          to: new Date(now).toISOString(),
          interval: '5s',
          series: [{ tag: path, aggregate: 'value', interpolation: 'Step' }],
        },
        signal,
      );
      const values = series[0]?.values ?? [];
      return times.map((time, n): SparkPoint => ({ timeMs: Date.parse(time), value: values[n] ?? null }));
    },
  });
  const latest = useTag(path);
  const tail = useRef<SparkPoint[]>([]);
  const [, setDrawnAt] = useState(0);
  useTagStream(visible && tag.kind !== 'Text' ? [path] : [], (values) => {
    for (const { timeMs, value, status } of values)
      tail.current.push({ timeMs, value: typeof value === 'number' && isGood(status) ? value : null });
    tail.current = tail.current.slice(-600);
    setDrawnAt((drawnAt) => (Date.now() - drawnAt < MIN_REDRAW_MS ? drawnAt : Date.now()));
  });
  const tokens = useTokens();
  const now = Date.now();
  const steady = steadyPoint(latest, now - SPAN_MS);
  const d = toSparkPath([...steady, ...(history.data ?? []), ...tail.current], {
    fromMs: now - SPAN_MS,
    toMs: now,
    width: WIDTH,
    height: HEIGHT,
  });
  return (
    <svg
      ref={frame}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Trend of ${name} over ten minutes`}
    >
      <path d={d} fill="none" stroke={tokens.accent} strokeWidth="1.3" strokeLinejoin="round" />
    </svg>
  );
}

/** A value that has not changed in all that time has no reading in it: it is a flat line. */
function steadyPoint(latest: LiveTagValue | undefined, fromMs: number): readonly SparkPoint[] {
  if (latest === undefined || latest.timeMs >= fromMs || typeof latest.value !== 'number' || !isGood(latest.status)) return [];
  return [{ timeMs: fromMs, value: latest.value }];
}
