import type { Export } from '@kubeplant/api-client';

/** What the formats are for. */
export const FORMAT_WORDS = {
  csv: { name: 'CSV', use: 'for spreadsheets; times in UTC and of the site' },
  ndjson: { name: 'NDJSON', use: 'a JSON object a line, for scripts' },
  parquet: { name: 'Parquet', use: 'small and typed, for pandas, DuckDB, Spark' },
} as const;

/** How far an export is, in a few words. */
export function describeProgress({ state, progress, readings, sizeBytes, failure }: Export): string {
  const amount = `${readings.toLocaleString('en-GB')} readings, ${formatSize(sizeBytes)}`;
  if (state === 'Queued') return 'Waits for its turn';
  if (state === 'Running') return `${Math.floor(progress * 100)} %, ${amount}`;
  if (state === 'Done') return amount;
  return state === 'Cancelled' ? 'Cancelled' : `Failed: ${failure ?? 'the log of the jobs process says why'}`;
}

/** `812 B`, `3.4 KiB`, `12 MiB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : Number(size.toPrecision(2))} ${units[unit]}`;
}
