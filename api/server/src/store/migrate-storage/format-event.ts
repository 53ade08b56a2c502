import type { MoveEvent, TableRows } from './move-event.ts';

/** An event in words for people. */
export function formatEvent(event: MoveEvent): string {
  switch (event.event) {
    case 'unchanged':
      return `nothing to do: the history has the layout ${event.layout}`;
    case 'started': {
      const what = event.resumed ? 'going on to move the history to' : 'moving the history to';
      return `${what} ${event.to}: ${count(event.spansTotal)} spans, ${size(event.bytesTotal)}; Ctrl-C stops after the present one`;
    }
    case 'span': {
      const { table, from, rows, spansDone, spansTotal, rowsDone, bytesDone, bytesTotal, secondsLeft } = event;
      return `${table} from ${from}: ${count(rows)} rows; in all ${count(rowsDone)} rows, ${count(spansDone)} of ${count(spansTotal)} spans, ${size(bytesDone)} of ${size(bytesTotal)}, about ${duration(secondsLeft)} left`;
    }
    case 'counted':
      return `${event.table}: ${count(event.after)} rows${event.after === event.before ? '' : `, and ${count(event.before)} were moved`}`;
    case 'stopped':
      return `stopped; what was moved stays moved, and no process starts until the rest is: kubeplant migrate-storage --to ${event.to}`;
    case 'done':
      return `moved: the layout is ${event.layout}\n${formatTables(event.tables)}`;
  }
}

function formatTables(tables: readonly TableRows[]): string {
  const rows = [['TABLE', 'ROWS BEFORE', 'ROWS AFTER'], ...tables.map(({ table, before, after }) => [table, count(before), count(after)])];
  const line = ([table = '', before = '', after = '']: readonly string[]): string =>
    `${table.padEnd(20)} ${before.padStart(18)} ${after.padStart(18)}`;
  return rows.map(line).join('\n');
}

const count = (value: number): string => value.toLocaleString('en-US');

function size(bytes: number): string {
  const [power, unit] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : bytes < 1e12 ? [1e9, 'GB'] : [1e12, 'TB'];
  return `${(bytes / power).toFixed(1)} ${unit}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
