import type { FindingSink } from './findings.ts';

/** Of tags that differ only by case one stays: the Device's before the profile's, then the first by name. */
export function dropCaseTwins(names: readonly string[], own: Readonly<Record<string, unknown>>, findings: FindingSink): string[] {
  const kept = new Map<string, string>();
  for (const name of [...names].sort((a, b) => Number(b in own) - Number(a in own))) {
    const folded = name.toLowerCase();
    const twin = kept.get(folded);
    if (twin === undefined) kept.set(folded, name);
    else
      findings.error(
        'TagNameCase',
        `spec.tags.${name}`,
        `Tag "${name}" differs from "${twin}" only by case and is left out. Rename or remove one of them.`,
      );
  }
  const stay = new Set(kept.values());
  return names.filter((name) => stay.has(name));
}
