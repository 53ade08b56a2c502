import { flagNames, statusText } from '@kubeplant/words';
import { formatTime } from '../actions/time.ts';
import type { StoredReading } from '../ports.ts';
import { type ExportedSeries, unitAt } from './exported-series.ts';
import { createSiteClock } from './site-clock.ts';

/** Readings of one tag, a JSON object a line; `value` is null where there is none. */
export function createNdjsonFormat(series: ExportedSeries): (readings: readonly StoredReading[]) => string {
  const { path, origin } = series;
  const siteTime = createSiteClock(series.timezone);
  return (readings) => {
    let text = '';
    for (const { timeUs, value, status, flags, receivedUs } of readings) {
      const unit = unitAt(series, timeUs);
      const line = {
        ...{ tag: path, time: formatTime(timeUs), value: typeof value === 'number' && !Number.isFinite(value) ? null : value },
        ...(unit === '' ? {} : { unit }),
        ...{ status, statusText: statusText(status), flags: flagNames(flags), received: formatTime(receivedUs), origin },
        siteTime: siteTime(timeUs),
      };
      text += `${JSON.stringify(line)}\n`;
    }
    return text;
  };
}
