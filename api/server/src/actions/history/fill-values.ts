/** What stands where nothing is known. */
export type Fill = 'None' | 'Previous' | 'Linear' | 'Zero';

/** Values with what is missing filled in; before the first and, on a line, after the last nothing is known. */
export function fillValues(values: readonly (number | null)[], fill: Fill): (number | null)[] {
  if (fill === 'None') return [...values];
  if (fill === 'Zero') return values.map((value) => value ?? 0);
  const filled = [...values];
  let before = -1;
  values.forEach((value, index) => {
    if (value === null) {
      if (fill === 'Previous' && before >= 0) filled[index] = values[before] ?? null;
      return;
    }
    if (fill === 'Linear' && before >= 0) drawLine(filled, before, index);
    before = index;
  });
  return filled;
}

function drawLine(values: (number | null)[], from: number, to: number): void {
  const [first, last] = [values[from] ?? 0, values[to] ?? 0];
  for (let index = from + 1; index < to; index += 1) values[index] = first + ((last - first) * (index - from)) / (to - from);
}
