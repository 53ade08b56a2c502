import { describe, expect, it } from 'vitest';
import { formatRows } from './print-rows.ts';
import { type Column, formatCsv, formatTable } from './table.ts';

interface Row {
  readonly name: string;
  readonly value: number | null;
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'VALUE', value: (row) => row.value },
  { title: 'EXTRA', value: () => true, wide: true },
];
const rows: Row[] = [
  { name: 'pump-1', value: 1.23456789 },
  { name: 'x', value: null },
];

describe('rows for people and programs', () => {
  it('are padded columns, with - where there is nothing', () => {
    expect(formatTable(columns.slice(0, 2), rows)).toBe('NAME     VALUE\npump-1   1.234568\nx        -');
  });

  it('have more columns when wide', () => {
    expect(formatRows('wide', columns, rows).split('\n')[0]).toContain('EXTRA');
    expect(formatRows('table', columns, rows)).not.toContain('EXTRA');
  });

  it('keep control characters of a device away from the terminal', () => {
    expect(formatTable(columns.slice(0, 1), [{ name: 'a\u001b[2Jb', value: 0 }])).toBe('NAME\na [2Jb');
  });

  it('are CSV with full figures, quotes where needed and no formulas', () => {
    expect(
      formatCsv(columns.slice(0, 2), [
        { name: 'a,"b"', value: 0.1 },
        { name: '=1+1', value: -5 },
      ]),
    ).toBe('name,value\r\n"a,""b""",0.1\r\n\'=1+1,-5');
  });

  it('are YAML that old readers take for the same', () => {
    expect(formatRows('yaml', columns, rows, { a: 'on', b: '010' })).toBe('a: "on"\nb: "010"');
  });
});
