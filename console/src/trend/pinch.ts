/** A span of the axis: its ends in seconds. */
export interface AxisSpan {
  readonly from: number;
  readonly to: number;
}

/** Fingers closer than this, in pixels, say nothing of a span. */
const minDistance = 24;

/**
 * The span after fingers have moved: what was under each finger stays under it. Places are pixels from the left of a plot of
 * this width; one finger moves the span, two also stretch it.
 */
export function followFingers(start: AxisSpan, before: readonly number[], after: readonly number[], width: number): AxisSpan {
  const perPixel = (start.to - start.from) / width;
  const [a = 0, b = a] = before;
  const [c = 0, d = c] = after;
  const isPinch = before.length > 1 && after.length > 1 && Math.abs(b - a) >= minDistance && (d - c) * (b - a) > 0;
  const distance = isPinch ? Math.sign(d - c) * Math.max(minDistance, Math.abs(d - c)) : 1;
  const scale = isPinch ? ((b - a) * perPixel) / distance : perPixel;
  const from = start.from + a * perPixel - c * scale;
  return { from, to: from + width * scale };
}
