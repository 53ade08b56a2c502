import type { JournalEntry } from '@kubeplant/api-client';

const columns = [
  ...(['time', 'kind', 'priority', 'state', 'namespace', 'site', 'rule', 'device', 'tag', 'limit', 'value'] as const),
  ...(['valueText', 'message', 'user', 'comment', 'simulated', 'late'] as const),
];

/** First line of an exported journal; RFC 4180 with CRLF. */
export const journalCsvHeader = `${columns.join(',')}\r\n`;

/** Lines of an exported journal. Text that a spreadsheet would run as a formula begins with an apostrophe. */
export const formatJournalCsv = (entries: readonly JournalEntry[]): string =>
  entries.map((entry) => `${columns.map((column) => toCell(entry[column])).join(',')}\r\n`).join('');

function toCell(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
