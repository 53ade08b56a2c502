import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseYaml } from './parse-yaml.ts';

interface Expected {
  readonly yaml: string;
  readonly json?: unknown;
  readonly error?: string;
}

const table: Expected[] = JSON.parse(readFileSync(new URL('../../fixtures/expected.json', import.meta.url), 'utf8'));

/** Where we differ from sigs.k8s.io/yaml, and why. */
const DELIBERATE: Readonly<Record<string, string>> = {
  'a: "\\/"': 'JSON escapes the slash so; nothing else could be meant',
};

const firstValue = (yaml: string): { readonly value?: unknown; readonly error?: string } => {
  const parsed = parseYaml(yaml);
  if (parsed.kind === 'malformed') return { error: parsed.problems.map(({ message }) => message).join('; ') };
  return { value: parsed.documents[0]?.value ?? null };
};

describe('a document means what kubectl takes it to mean', () => {
  for (const row of table.filter(({ yaml }) => DELIBERATE[yaml] === undefined)) {
    it(`${JSON.stringify(row.yaml)} ${row.error === undefined ? `is ${JSON.stringify(row.json)}` : 'is refused'}`, () => {
      const { value, error } = firstValue(row.yaml);
      if (row.error !== undefined) expect(error).toBeDefined();
      else expect(error ?? JSON.stringify(sorted(value))).toBe(JSON.stringify(sorted(row.json)));
    });
  }
});

it('says of a file that is no text what it is, and where', () => {
  const told = { line: 1, column: 3, message: expect.stringContaining('not UTF-8 text: save the file as UTF-8') };
  expect(parseYaml('a:\u0000b')).toMatchObject({ kind: 'malformed', problems: expect.arrayContaining([expect.objectContaining(told)]) });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
