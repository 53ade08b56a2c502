import type { EffectiveCondition, EffectiveTag } from '@kubeplant/crds/model';

type Discrete = Extract<EffectiveCondition, { type: 'Discrete' }>;

/** Predicate of a Discrete condition: states are given by value (`2`, `true`) or by name (`Fault`). */
export function matchStates(condition: Discrete, tag: EffectiveTag): (value: number, text: string | undefined) => boolean {
  const entries = condition.alarm ?? condition.normal ?? [];
  const alarmsWhenListed = condition.alarm !== undefined;
  const keys = keysOf(entries, tag.states ?? {});
  if (tag.dataType === 'String') return (_value, text) => keys.has(text ?? '') === alarmsWhenListed;
  const numbers = new Set([...keys].map(toNumber));
  return (value) => numbers.has(value) === alarmsWhenListed;
}

/** Values meant by the entries: themselves, and those whose state has that name. */
function keysOf(entries: readonly string[], states: Readonly<Record<string, string>>): Set<string> {
  const named = Object.entries(states).filter(([, name]) => entries.includes(name));
  return new Set([...entries, ...named.map(([key]) => key)]);
}

function toNumber(key: string): number {
  if (key === 'true') return 1;
  if (key === 'false') return 0;
  return key.trim() === '' ? Number.NaN : Number(key);
}
