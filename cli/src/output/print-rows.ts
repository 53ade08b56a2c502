import { stringify } from 'yaml';
import { CommandError } from '../command-error.ts';
import { type Column, formatCsv, formatTable } from './table.ts';

export const OUTPUTS = ['table', 'wide', 'json', 'yaml', 'csv'] as const;
export type Output = (typeof OUTPUTS)[number];

/** Check `-o`; wrong usage names what there is. */
export function parseOutput<const O extends string>(given: string, known: readonly O[]): O {
  const found = known.find((output) => output === given);
  if (found === undefined) throw new CommandError(`-o ${given} is not known: use ${known.join(', ')}`, 2);
  return found;
}

/** Rows as asked for. `full` is what json and yaml show. */
export function formatRows<T>(output: Output, columns: readonly Column<T>[], rows: readonly T[], full: unknown = rows): string {
  if (output === 'json') return JSON.stringify(full, undefined, 2);
  // Old readers take on and 010 for something else: everything that could be misread is quoted.
  if (output === 'yaml') return stringify(full, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
  if (output === 'csv') return formatCsv(columns, rows);
  return formatTable(
    columns.filter(({ wide }) => output === 'wide' || wide === undefined),
    rows,
  );
}
