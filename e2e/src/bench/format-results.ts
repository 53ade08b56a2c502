import { median } from './median.ts';
import type { BenchOutcome } from './run-benches.ts';

const HEADER = ['bench', 'ours', 'peer/floor', 'ratio', 'goal', 'gate', 'verdict'];

/** A table with a line per bench, its notes below. */
export function formatResults(outcomes: readonly BenchOutcome[]): string {
  const rows = [HEADER, ...outcomes.map(rowOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = outcomes.flatMap(({ name, result, reason }) => (result?.notes ?? [reason ?? '']).map((note) => `${name}: ${note}`));
  return `${[...lines, '', ...notes].join('\n')}\n`;
}

function rowOf({ name, verdict, result }: BenchOutcome): string[] {
  if (result === undefined) return [name, '-', '-', '-', '-', '-', verdict];
  const { ours, peer, unit, ratio, goal, gate, higherIsBetter } = result;
  const sign = higherIsBetter ? '≥' : '≤';
  const figure = (samples: readonly number[]): string => (samples.length === 0 ? '-' : `${formatFigure(median(samples))} ${unit}`);
  return [name, figure(ours), figure(peer), formatFigure(ratio), `${sign} ${goal}`, `${sign} ${gate}`, verdict];
}

/** Three significant digits, at least all before the point. */
function formatFigure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
