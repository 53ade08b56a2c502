import type { StoredReading } from '../ports.ts';
import { type ExportedSeries, unitAt } from './exported-series.ts';
import { createExportedWords } from './exported-words.ts';
import { createSiteClock, createUtcClock } from './site-clock.ts';

/** First line of an export; RFC 4180 with CRLF. */
export const CSV_HEADER = 'tag,time,value,unit,status,statusText,flags,received,origin,siteTime\r\n';

/** Lines of readings of one tag; text is quoted where it must be, a value that is not there is empty, no text is a formula to a spreadsheet. */
export function createCsvFormat(series: ExportedSeries): (readings: readonly StoredReading[]) => string {
  const { path, origin } = series;
  const [time, received, siteTime] = [createUtcClock(), createUtcClock(), createSiteClock(series.timezone)];
  const words = createExportedWords();
  return (readings) => {
    let text = '';
    for (const { timeUs, value, status, flags, receivedUs } of readings) {
      text += `${path},${time(timeUs)},${toCell(value)},${quote(unitAt(series, timeUs))},${status},${words.status(status)},`;
      text += `${words.flags(flags).join(' ')},${received(receivedUs)},${origin},${siteTime(timeUs)}\r\n`;
    }
    return text;
  };
}

function toCell(value: StoredReading['value']): string | number {
  if (typeof value === 'string') return quote(value);
  return value === null || !Number.isFinite(value) ? '' : value;
}

/** A field may send any text: what a spreadsheet would run gets an apostrophe before it. Numbers stay as they are. */
const defuse = (text: string): string => (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text);

function quote(text: string): string {
  const safe = defuse(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
