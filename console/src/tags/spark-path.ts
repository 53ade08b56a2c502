/** A point of a small trend; null where there is no good value. */
export interface SparkPoint {
  readonly timeMs: number;
  readonly value: number | null;
}

/** Where it is drawn. */
export interface SparkFrame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
  readonly height: number;
}

/** Path of a stepped line: a value holds until the next one; a null leaves a gap. Points out of order are put in order. */
export function toSparkPath(points: readonly SparkPoint[], { fromMs, toMs, width, height }: SparkFrame): string {
  const shown = points.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs).sort((a, b) => a.timeMs - b.timeMs);
  const values = shown.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return '';
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const x = (ms: number): string => (((ms - fromMs) / (toMs - fromMs)) * width).toFixed(1);
  const y = (value: number): string => (high === low ? height / 2 : height - 2 - ((value - low) / (high - low)) * (height - 4)).toFixed(1);
  let path = '';
  let open = false;
  for (const { timeMs, value } of shown) {
    if (value === null) {
      if (open) path += `H${x(timeMs)}`;
      open = false;
    } else {
      path += open ? `H${x(timeMs)}V${y(value)}` : `M${x(timeMs)} ${y(value)}`;
      open = true;
    }
  }
  return open ? `${path}H${width}` : path;
}
