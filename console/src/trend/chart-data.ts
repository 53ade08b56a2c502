import uPlot from 'uplot';
import type { DrawnPen } from './use-pens.ts';

/** Columns of one pen in the data: value, least, greatest. */
export const COLUMNS_PER_PEN = 3;

/** Columns for uPlot on one time axis in seconds: per pen its value and its band. Undefined where a pen has no point; null is a gap. */
export function toChartData(pens: readonly Pick<DrawnPen, 'curve'>[]): uPlot.AlignedData {
  if (pens.length === 0) return [[]];
  const columns = pens.map(({ curve }): uPlot.AlignedData => {
    const seconds = curve.times.map((ms) => ms / 1000);
    const band = curve.stepped ? curve.times.map(() => null) : undefined;
    return [seconds, [...curve.values], band ?? [...curve.low], band ?? [...curve.high]];
  });
  const [times, ...values] = uPlot.join(columns);
  return [times, ...values.map(carryGapsOn)] as uPlot.AlignedData; // as it was joined
}

/** A gap goes on to the next point of its own pen, not to that of another. */
function carryGapsOn(column: uPlot.AlignedData[number]): (number | null | undefined)[] {
  let isGap = false;
  return Array.from(column, (value) => {
    if (value !== undefined) isGap = value === null;
    return value === undefined && isGap ? null : value;
  });
}

/** Value of a curve at a time: the one that holds there; null in a gap, undefined before its first point. */
export function valueAt({ times, values }: DrawnPen['curve'], ms: number): number | null | undefined {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : values[low - 1];
}
