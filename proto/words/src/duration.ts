/** Pattern of a duration (without anchors): `500ms`, `2s`, `1m30s`, `1h`. */
export const DURATION_PATTERN = '([0-9]+(ms|s|m|h))+';

/** Pattern of the size of buckets (without anchors): a duration, or days of the site: `15m`, `1d`. */
export const INTERVAL_PATTERN = `(${DURATION_PATTERN}|[1-9][0-9]{0,2}d)`;

const whole = new RegExp(`^${DURATION_PATTERN}$`);
const part = /([0-9]+)(ms|s|m|h)/g;
const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parse a duration into milliseconds; undefined when it is not one or is beyond 2^53 ms. */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(part)) totalMs += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** Milliseconds of a duration that a schema has already accepted; throws on anything else. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`"${text}" is not a duration such as 500ms, 2s or 1m30s`);
  return ms;
}

/** Pattern of a retention span (without anchors): `30d`, `12w`, `5y`. */
export const SPAN_PATTERN = '[1-9][0-9]{0,3}(d|w|y)';

const span = new RegExp(`^${SPAN_PATTERN}$`);
const unitDays: Record<string, number> = { d: 1, w: 7, y: 365 };

/** Days of a retention span (a year has 365); undefined when it is not one. */
export function parseSpanDays(text: string): number | undefined {
  if (!span.test(text)) return undefined;
  return Number(text.slice(0, -1)) * (unitDays[text.slice(-1)] ?? 0);
}

/** Write milliseconds as a duration, largest units first (`90000` → `1m30s`). */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
