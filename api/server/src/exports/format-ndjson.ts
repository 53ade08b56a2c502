import type { StoredReading } from '../ports.ts';
import { type ExportedSeries, unitAt } from './exported-series.ts';
import { createExportedWords } from './exported-words.ts';
import { createSiteClock, createUtcClock } from './site-clock.ts';

/** Readings of one tag, a JSON object a line; `value` is null where there is none. */
export function createNdjsonFormat(series: ExportedSeries): (readings: readonly StoredReading[]) => string {
  const { path, origin } = series;
  const [time, received, siteTime] = [createUtcClock(), createUtcClock(), createSiteClock(series.timezone)];
  const words = createExportedWords();
  return (readings) => {
    let text = '';
    for (const { timeUs, value, status, flags, receivedUs } of readings) {
      const unit = unitAt(series, timeUs);
      const line = {
        ...{ tag: path, time: time(timeUs), value: typeof value === 'number' && !Number.isFinite(value) ? null : value },
        ...(unit === '' ? {} : { unit }),
        ...{ status, statusText: words.status(status), flags: words.flags(flags), received: received(receivedUs), origin },
        siteTime: siteTime(timeUs),
      };
      text += `${JSON.stringify(line)}\n`;
    }
    return text;
  };
}
