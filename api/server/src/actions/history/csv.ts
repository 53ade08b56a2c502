import { flagNames, statusText } from '@kubeplant/words';
import type { StoredReading, StoredTag } from '../../ports.ts';
import { formatTime } from '../time.ts';

/** First line of an export; RFC 4180 with CRLF. */
export const csvHeader = 'tag,time,value,unit,status,statusText,flags,received,origin\r\n';

/** Lines of readings; text is quoted where it must be, a value that is not there is empty, no text is a formula to a spreadsheet. */
export function formatCsv(
  readings: readonly StoredReading[],
  series: { readonly path: string; readonly unit: string | undefined; readonly tag: StoredTag },
): string {
  const { path, unit = '', tag } = series;
  let text = '';
  for (const { timeUs, value, status, flags, receivedUs } of readings) {
    const shown =
      value === null || (typeof value === 'number' && !Number.isFinite(value)) ? '' : typeof value === 'number' ? value : quote(value);
    text += `${path},${formatTime(timeUs)},${shown},${quote(unit)},${status},${statusText(status)},${flagNames(flags).join(' ')},${formatTime(receivedUs)},${tag.origin}\r\n`;
  }
  return text;
}

/** A field may send any text: what a spreadsheet would run gets an apostrophe before it. Numbers stay as they are. */
const defuse = (text: string): string => (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text);

function quote(text: string): string {
  const safe = defuse(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
