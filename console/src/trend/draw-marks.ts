import type { JournalEntry } from '@kubeplant/api-client';
import type uPlot from 'uplot';
import type { Tokens } from '../app/tokens.ts';
import type { MeaningChange, TimeSpan } from './fetch-curve.ts';
import type { DrawnPen } from './use-pens.ts';

/** What is drawn over the curves. */
export interface Marks {
  readonly pens: readonly DrawnPen[];
  readonly alarms: readonly JournalEntry[];
}

/**
 * Over the curves: spans in which nothing is known, grey and hatched; spans of bad quality as strips at the bottom, one row a
 * pen; changes of unit with what they are; alarms as dashed lines with the sign of their priority.
 */
export function drawMarks(chart: uPlot, { pens, alarms }: Marks, tokens: Tokens): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const gap of commonGaps(pens)) drawGap(chart, gap, tokens);
  for (const [row, pen] of pens.entries()) drawStrips(chart, pen, row, tokens);
  for (const { changes, index } of pens) for (const change of changes) drawChange(chart, change, tokens.pens[index] ?? tokens.text);
  for (const alarm of alarms) drawAlarm(chart, alarm, tokens);
  ctx.restore();
}

/** Where no pen knows anything. */
export function commonGaps(pens: readonly Pick<DrawnPen, 'gaps'>[]): readonly TimeSpan[] {
  const [first, ...rest] = pens;
  return rest.reduce<readonly TimeSpan[]>((common, { gaps }) => {
    const both = common.flatMap((one) =>
      gaps.map((other) => ({ fromMs: Math.max(one.fromMs, other.fromMs), untilMs: Math.min(one.untilMs, other.untilMs) })),
    );
    return both.filter(({ fromMs, untilMs }) => untilMs > fromMs);
  }, first?.gaps ?? []);
}

function drawGap(chart: uPlot, { fromMs, untilMs }: TimeSpan, tokens: Tokens): void {
  const { ctx, bbox } = chart;
  const from = Math.max(bbox.left, chart.valToPos(fromMs / 1000, 'x', true));
  const to = Math.min(bbox.left + bbox.width, chart.valToPos(untilMs / 1000, 'x', true));
  if (to <= from) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, bbox.top, to - from, bbox.height);
  ctx.clip();
  ctx.fillStyle = `${tokens.muted}1c`;
  ctx.fill();
  ctx.strokeStyle = `${tokens.muted}40`;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([]);
  const step = 9 * devicePixelRatio;
  ctx.beginPath();
  for (let x = from - bbox.height; x < to; x += step) {
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x + bbox.height, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
}

function drawStrips(chart: uPlot, { curve, index }: DrawnPen, row: number, tokens: Tokens): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  for (const { fromMs, toMs } of curve.bad) {
    const left = chart.valToPos(fromMs / 1000, 'x', true);
    const right = Math.max(chart.valToPos(toMs / 1000, 'x', true), left + 2 * ratio);
    const top = bbox.top + bbox.height - (row + 1) * 7 * ratio;
    drawStrip(ctx, { left, right, top, height: 5 * ratio, colour: tokens.pens[index] ?? tokens.bad });
  }
}

function drawChange(chart: uPlot, { atMs, text }: MeaningChange, colour: string): void {
  const { ctx, bbox } = chart;
  const x = chart.valToPos(atMs / 1000, 'x', true);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `600 ${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = x > bbox.left + bbox.width * 0.8 ? 'right' : 'left';
  ctx.fillText(text, x + (ctx.textAlign === 'right' ? -4 : 4) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
}

function drawAlarm(chart: uPlot, alarm: JournalEntry, tokens: Tokens): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const x = chart.valToPos(Date.parse(alarm.time) / 1000, 'x', true);
  ctx.strokeStyle = tokens.priority[alarm.priority];
  ctx.fillStyle = tokens.priority[alarm.priority];
  ctx.lineWidth = 1.2 * ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - 6 * ratio, bbox.top);
  ctx.lineTo(x + 6 * ratio, bbox.top);
  ctx.lineTo(x, bbox.top + 10 * ratio);
  ctx.fill();
}

interface Strip {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
  readonly colour: string;
}

function drawStrip(ctx: CanvasRenderingContext2D, { left, right, top, height, colour }: Strip): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([]);
  ctx.strokeRect(left, top, right - left, height);
  for (let x = left; x < right; x += height) {
    ctx.beginPath();
    ctx.moveTo(x, top + height);
    ctx.lineTo(Math.min(x + height, right), top);
    ctx.stroke();
  }
}
