/** A column: its title, what it shows, and whether only `wide` has it. */
export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string | number | boolean | null | undefined;
  readonly wide?: true;
}

/** Rows in columns as wide as their widest cell, as `kubectl get` prints them. */
export function formatTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => toCell(value(row))))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** RFC 4180: quoted where needed, lines end in CR LF. A cell a spreadsheet would take for a formula begins with an apostrophe. */
export function formatCsv<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const lines = [columns.map(({ title }) => title.toLowerCase()), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  return lines.map((line) => line.map(toCsvCell).join(',')).join('\r\n');
}

function toCsvCell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const toCell = (value: string | number | boolean | null | undefined): string => {
  if (value === undefined || value === null || value === '') return '-';
  // What comes from a device must not steer the terminal.
  return typeof value === 'string' ? value.replace(/\p{Cc}/gu, ' ') : typeof value === 'number' ? formatNumber(value) : String(value);
};

const formatNumber = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7))));
