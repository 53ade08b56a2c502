import { Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { resolveScalar, resolveScalar12 } from '../yaml/resolve-scalar.ts';

/** A value as YAML nodes that every reader, 1.1 or 1.2, takes for the same value. */
export function toNode(value: unknown): Scalar | YAMLMap | YAMLSeq {
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map(toNode);
    return list;
  }
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap();
    map.items = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => new Pair(toNode(key), toNode(inner)));
    return map;
  }
  return toScalar(value);
}

/** Scalars are texts here (failsafe schema): what must not be read as a number or a truth value is quoted. */
function toScalar(value: unknown): Scalar {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const scalar = new Scalar(text);
  const plain = typeof value !== 'string' || (resolveScalar(text) === text && resolveScalar12(text) === text);
  if (text.includes('\n')) scalar.type = Scalar.BLOCK_LITERAL;
  else scalar.type = plain ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return scalar;
}
