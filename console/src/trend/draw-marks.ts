import type { JournalEntry } from '@kubeplant/api-client';
import type uPlot from 'uplot';
import type { Tokens } from '../app/tokens.ts';
import type { DrawnPen } from './use-pens.ts';

/** What is drawn over the curves. */
export interface Marks {
  readonly pens: readonly DrawnPen[];
  readonly alarms: readonly JournalEntry[];
}

/** Alarms of the pens as dashed lines with the sign of their priority; spans of bad quality as hatched strips at the bottom, one per pen. */
export function drawMarks(chart: uPlot, { pens, alarms }: Marks, tokens: Tokens): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  pens.forEach(({ curve, index }, row) => {
    for (const { fromMs, toMs } of curve.bad) {
      const left = chart.valToPos(fromMs / 1000, 'x', true);
      const right = Math.max(chart.valToPos(toMs / 1000, 'x', true), left + 2 * ratio);
      drawStrip(ctx, {
        left,
        right,
        top: bbox.top + bbox.height - (row + 1) * 7 * ratio,
        height: 5 * ratio,
        colour: tokens.pens[index] ?? tokens.bad,
      });
    }
  });
  for (const alarm of alarms) {
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
  ctx.restore();
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
