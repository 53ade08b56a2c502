import 'uplot/dist/uPlot.min.css';
import type { JournalEntry } from '@kubeplant/api-client';
import { Box } from '@mui/material';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useTokens } from '../app/theme.ts';
import { bindPan } from './bind-pan.ts';
import { bindTouch } from './bind-touch.ts';
import { toChartData } from './chart-data.ts';
import { chartOptions } from './chart-options.ts';
import { drawMarks } from './draw-marks.ts';
import type { DrawnPen } from './use-pens.ts';

/** What the chart takes. Times in milliseconds. */
export interface TrendChartProps {
  readonly pens: readonly DrawnPen[];
  readonly alarms: readonly JournalEntry[];
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly timeZone: string;
  readonly onCursor: (ms: number | undefined) => void;
  readonly onSpan: (fromMs: number, toMs: number) => void;
}

/** uPlot as a component: made anew when the pens, their units or the theme change, else only fed. */
export function TrendChart({ pens, alarms, window, timeZone, onCursor, onSpan }: TrendChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const isHeld = useRef((): boolean => false);
  const tokens = useTokens();
  const [width, setWidth] = useState(0);
  const height = width < 600 ? 280 : 360;
  const shape = JSON.stringify([
    pens.map(({ pen, tag, curve, former }) => [pen, tag?.unit, tag?.states, curve.stepped, former]),
    timeZone,
    width,
    tokens.ground,
  ]);
  const drawOver = useEffectEvent((made: uPlot) => drawMarks(made, { pens: pens.filter(({ former }) => !former), alarms }, tokens));
  const tellCursor = useEffectEvent((seconds: number | undefined) => onCursor(seconds === undefined ? undefined : seconds * 1000));
  const tellSpan = useEffectEvent((from: number, to: number) => onSpan(from * 1000, to * 1000));
  const create = useEffectEvent((target: HTMLDivElement) => {
    const handlers = { onDraw: (made: uPlot) => drawOver(made), onCursor: (at: number | undefined) => tellCursor(at) };
    const made = new uPlot(
      chartOptions({ pens, timeZone, tokens, width, height, ...handlers, onZoom: (from, to) => tellSpan(from, to) }),
      toChartData(pens),
      target,
    );
    bindPan(made, (from, to) => tellSpan(from, to));
    isHeld.current = bindTouch(made, (from, to) => tellSpan(from, to));
    made.setScale('x', { min: window.fromMs / 1000, max: window.toMs / 1000 });
    return made;
  });
  useEffect(() => {
    if (host.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for all that a chart is made of.
  useEffect(() => {
    if (host.current === null || width === 0) return;
    const made = create(host.current);
    chart.current = made;
    return () => {
      chart.current = undefined;
      made.destroy();
    };
  }, [shape]);
  useEffect(() => {
    const made = chart.current;
    if (made === undefined) return;
    made.batch(() => {
      made.setData(toChartData(pens), false);
      if (!isHeld.current()) made.setScale('x', { min: window.fromMs / 1000, max: window.toMs / 1000 });
    });
  }, [pens, window.fromMs, window.toMs]);
  return (
    <Box
      ref={host}
      role="img"
      aria-label={`Trend of ${pens
        .filter(({ former }) => !former)
        .map(({ pen }) => pen.path)
        .join(', ')}; the values are in the table below`}
      sx={{ minHeight: height, width: '100%', minWidth: 0, overflow: 'hidden', '& .u-select': { background: `${tokens.accent}33` } }}
    />
  );
}
