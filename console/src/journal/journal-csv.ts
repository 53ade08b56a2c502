import type { JournalEntry } from '@kubeplant/api-client';

const COLUMNS = [
  'time',
  'kind',
  'priority',
  'state',
  'namespace',
  'site',
  'rule',
  'device',
  'tag',
  'limit',
  'value',
  'message',
  'user',
  'comment',
  'simulated',
] as const;

/** Rows as CSV (RFC 4180). Text that a spreadsheet would run as a formula begins with an apostrophe. */
export function toJournalCsv(entries: readonly JournalEntry[]): string {
  const lines = entries.map((entry) => COLUMNS.map((column) => toCell(entry[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function toCell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
