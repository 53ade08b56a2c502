import type { Tag } from '@kubeplant/api-client';

/** What a value needs to be shown. */
export type ValueFormat = Pick<Tag, 'unit' | 'states' | 'dataType' | 'range'>;

/** `2.345`, `Running`, a text, or an en dash where there is none. The unit is shown apart. */
export function formatValue(value: number | string | null | undefined, tag: ValueFormat): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  const state = tag.states?.[String(value)];
  if (state !== undefined) return state;
  if (tag.dataType === 'Boolean') return value === 0 ? 'False' : 'True';
  return formatNumber(value);
}

/** Number with up to five significant digits before it would hide whole units; a point, no grouping, as in YAML and CSV. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(3);
  const decimals = size >= 10_000 ? 1 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return value.toFixed(decimals);
}

/** Unit to show behind a value; a state has none. */
export const unitOf = (value: number | string | null | undefined, tag: ValueFormat): string =>
  typeof value === 'number' && tag.states?.[String(value)] === undefined ? (tag.unit ?? '') : '';

/** Value of an alarm: the name it has, else the number with its unit; undefined where there is none. */
export function formatAlarmValue(alarm: {
  readonly value?: number;
  readonly valueText?: string;
  readonly unit?: string;
}): string | undefined {
  if (alarm.value === undefined) return undefined;
  return alarm.valueText ?? `${formatNumber(alarm.value)} ${alarm.unit ?? ''}`.trimEnd();
}
