import uPlot from 'uplot';
import type { Tokens } from '../app/tokens.ts';
import { formatAxisTimes } from './axis-time.ts';
import { COLUMNS_PER_PEN } from './chart-data.ts';
import type { DrawnPen } from './use-pens.ts';

/** Dashes of the pens, so that colour is not the only sign. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 3], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4], [3, 6], [8, 3, 2, 3, 2, 3]];

/** What the chart is made of, apart from its data. */
export interface ChartConfig {
  readonly pens: readonly DrawnPen[];
  readonly timeZone: string;
  readonly tokens: Tokens;
  readonly width: number;
  readonly height: number;
  readonly onDraw: (chart: uPlot) => void;
  readonly onCursor: (seconds: number | undefined) => void;
  readonly onZoom: (fromSeconds: number, toSeconds: number) => void;
}

export function chartOptions({ pens, timeZone, tokens, width, height, onDraw, onCursor, onZoom }: ChartConfig): uPlot.Options {
  const base = {
    stroke: tokens.muted,
    grid: { stroke: tokens.line, width: 1 },
    ticks: { stroke: tokens.line, width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const axisOf = (axis: 'left' | 'right'): uPlot.Axis => {
    const own = pens.filter(({ pen, former }) => pen.axis === axis && !former);
    const units = [...new Set(own.flatMap(({ tag }) => tag?.unit ?? []))].join(', ');
    const states = own.length === 1 ? own[0]?.tag?.states : undefined;
    return {
      ...base,
      scale: axis,
      side: axis === 'left' ? 3 : 1,
      show: own.length > 0,
      size: 62,
      label: units,
      labelSize: units === '' ? 0 : 18,
      labelFont: '600 12px system-ui, sans-serif',
      grid: { ...base.grid, show: axis === 'left' || pens.every(({ pen }) => pen.axis === 'right') },
      values: (_, splits, _axis, _space, step) =>
        splits.map((split) => (states === undefined ? formatTick(split, step) : (states[String(split)] ?? ''))),
    };
  };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    legend: { show: false },
    scales: { x: { time: true, auto: false }, left: { range: padded }, right: { range: padded } },
    axes: [
      { ...base, space: 84, values: (chart, splits) => formatAxisTimes(splits, spanOf(chart), timeZone) },
      axisOf('left'),
      axisOf('right'),
    ],
    series: [{}, ...pens.flatMap((pen) => penSeries(pen, tokens))],
    bands: pens.map((_, n) => ({
      series: [n * COLUMNS_PER_PEN + 3, n * COLUMNS_PER_PEN + 2] as [number, number],
      fill: pens[n]?.former === true ? 'transparent' : `${tokens.pens[pens[n]?.index ?? 0] ?? tokens.accent}2b`,
    })),
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 }, bind: { dblclick: () => null } },
    hooks: {
      draw: [onDraw],
      setCursor: [
        (chart) => onCursor(chart.cursor.left === undefined || chart.cursor.left < 0 ? undefined : chart.posToVal(chart.cursor.left, 'x')),
      ],
      setSelect: [
        (chart) => {
          if (chart.select.width < 6) return;
          onZoom(chart.posToVal(chart.select.left, 'x'), chart.posToVal(chart.select.left + chart.select.width, 'x'));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function penSeries({ pen, index, curve, former }: DrawnPen, tokens: Tokens): uPlot.Series[] {
  const stroke = tokens.pens[index] ?? tokens.accent;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const shared = { scale: pen.axis, points: { show: false } };
  const edge = { ...shared, stroke: 'transparent', width: 0 };
  return [
    {
      ...shared,
      stroke: former ? `${stroke}90` : stroke,
      width: former ? 1.2 : 1.8,
      dash: former ? [1, 3] : [...(DASHES[index] ?? [])],
      ...(curve.stepped && stepped !== undefined ? { paths: stepped } : {}),
    },
    edge,
    edge,
  ];
}

/** Number of an axis, as fine as its step. */
function formatTick(value: number, step: number): string {
  if (Math.abs(value) >= 1e9 || (step < 1e-6 && value !== 0)) return value.toExponential(2);
  const [, decimals = ''] = String(Number(step.toPrecision(6))).split('.');
  return value.toFixed(decimals.length);
}

const spanOf = (chart: uPlot): number => (chart.scales.x?.max ?? 0) - (chart.scales.x?.min ?? 0);

/** A little room above and below; a constant lies in the middle. */
function padded(_: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = high === low ? Math.max(Math.abs(high) * 0.05, 0.5) : (high - low) * 0.08;
  return [low - room, high + room];
}
