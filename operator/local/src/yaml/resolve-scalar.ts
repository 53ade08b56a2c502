/** What a plain scalar means. */
export type ScalarValue = string | number | boolean | null;

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const SPECIAL: Readonly<Record<string, number>> = { inf: Infinity, Inf: Infinity, INF: Infinity };

/** Largest integer kubectl reads as one; beyond it decimal digits become a float, other bases a text. */
const MAX_UINT64 = 18_446_744_073_709_551_615n;

/** A plain scalar as kubectl reads it: YAML 1.1 without sexagesimal numbers and timestamps, with `0o` octals. */
export function resolveScalar(source: string): ScalarValue {
  if (NULL.has(source)) return null;
  if (TRUE.has(source)) return true;
  if (FALSE.has(source)) return false;
  return resolveNumber(source) ?? source;
}

function resolveNumber(source: string): number | undefined {
  const special = /^([-+]?)\.(inf|Inf|INF)$/.exec(source);
  if (special) return (special[1] === '-' ? -1 : 1) * (SPECIAL[special[2] ?? ''] ?? Number.NaN);
  if (/^\.(nan|NaN|NAN)$/.test(source)) return Number.NaN;
  // Underscores may stand anywhere but first.
  if (!/^[-+.0-9]/.test(source)) return undefined;
  const text = source.replaceAll('_', '');
  const based = resolveBased(text);
  if (based !== undefined) return based;
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Binary, octal (`010`, `0o10`) and hexadecimal integers. */
function resolveBased(text: string): number | undefined {
  const [, sign, prefix, digits] = /^([-+]?)(0b|0B|0o|0O|0x|0X|0)([0-9a-fA-F]+)$/.exec(text) ?? [];
  if (prefix === undefined || digits === undefined) return undefined;
  const base = prefix === '0' ? 'o' : prefix.slice(1).toLowerCase();
  const allowed = base === 'b' ? /^[01]+$/ : base === 'o' ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/;
  if (!allowed.test(digits)) return undefined;
  const value = BigInt(`0${base}${digits}`);
  if (value > MAX_UINT64) return undefined;
  return sign === '-' ? 0 - Number(value) : Number(value);
}

/** The same scalar by the YAML 1.2 core schema, which newer tools follow. */
export function resolveScalar12(source: string): ScalarValue {
  if (NULL.has(source)) return null;
  if (/^(true|True|TRUE)$/.test(source)) return true;
  if (/^(false|False|FALSE)$/.test(source)) return false;
  if (/^0o[0-7]+$/.test(source) || /^0x[0-9a-fA-F]+$/.test(source)) return Number(source);
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(source)) return Number(source);
  const special = /^([-+]?)\.(inf|Inf|INF)$/.exec(source);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  return /^\.(nan|NaN|NAN)$/.test(source) ? Number.NaN : source;
}
