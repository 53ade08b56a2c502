/** The arithmetic of expressions. NaN means "no value" and spreads; whatever is not finite becomes NaN. */

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

/** `+ - * / %` of two numbers. */
export const ARITHMETIC: Readonly<Record<'+' | '-' | '*' | '/' | '%', (a: number, b: number) => number>> = {
  '+': (a, b) => finite(a + b),
  '-': (a, b) => finite(a - b),
  '*': (a, b) => finite(a * b),
  '/': (a, b) => finite(a / b),
  '%': (a, b) => finite(a % b),
};

/** Comparisons: 1, 0, or NaN where a side has no value. */
export const COMPARISONS: Readonly<Record<'<' | '<=' | '>' | '>=', (a: number, b: number) => number>> = {
  '<': (a, b) => decide(a, b, a < b),
  '<=': (a, b) => decide(a, b, a <= b),
  '>': (a, b) => decide(a, b, a > b),
  '>=': (a, b) => decide(a, b, a >= b),
};

/** `==` (`wanted` true) and `!=`. */
export const equals = (a: number, b: number, wanted: boolean): number => decide(a, b, (a === b) === wanted);

function decide(a: number, b: number, holds: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return holds ? 1 : 0;
}

/** A function of numbers. */
export interface NumericFunction {
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly apply: (args: readonly number[]) => number;
}

/** Functions an expression may call. */
export const FUNCTIONS: Readonly<Record<string, NumericFunction>> = {
  min: { minArgs: 1, maxArgs: Infinity, apply: (args) => Math.min(...args) },
  max: { minArgs: 1, maxArgs: Infinity, apply: (args) => Math.max(...args) },
  abs: { minArgs: 1, maxArgs: 1, apply: ([a = Number.NaN]) => Math.abs(a) },
  sqrt: { minArgs: 1, maxArgs: 1, apply: ([a = Number.NaN]) => finite(Math.sqrt(a)) },
  pow: { minArgs: 2, maxArgs: 2, apply: ([a = Number.NaN, b = Number.NaN]) => finite(a ** b) },
  round: { minArgs: 1, maxArgs: 2, apply: ([a = Number.NaN, digits = 0]) => round(a, digits) },
};

/** Halves go away from zero; `digits` after the decimal point, 0 to 15. */
function round(value: number, digits: number): number {
  if (Number.isNaN(value) || !(digits >= 0 && digits <= 15)) return Number.NaN;
  const scale = 10 ** Math.trunc(digits);
  const scaled = Math.abs(value) * scale;
  return Number.isFinite(scaled) ? (Math.sign(value) * Math.round(scaled)) / scale : value;
}
