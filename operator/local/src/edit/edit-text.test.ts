import { describe, expect, it } from 'vitest';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { diffValue } from './diff-value.ts';
import { editText, removeFromText } from './edit-text.ts';

const FILE = `# The plant
apiVersion: kubeplant.io/v1alpha1
kind: Site # north
metadata:
  name: north
spec:
  displayName: "North"   # shown
  timezone: Europe/Berlin
  suspend:
  areas:
  - path: intake
    displayName: Intake
  - {path: pumps}
---
# second, untouched:   spacing   and all
apiVersion: kubeplant.io/v1alpha1
kind:   Device
metadata: {name:   pump}
spec: {port: 0o10}
`;

const values = (text: string): unknown[] => {
  const parsed = parseYaml(text);
  if (parsed.kind === 'malformed') throw new Error(parsed.problems[0]?.message);
  return parsed.documents.map(({ value }) => value);
};

/** Edit one document of a file to another value, and read the result back. */
// biome-ignore lint/suspicious/noExplicitAny: test values
function edit(text: string, documentIndex: number, change: (value: any) => void): string {
  const before = values(text)[documentIndex];
  const after = structuredClone(before);
  change(after);
  const edited = editText(text, { documentIndex }, diffValue(before, after));
  expect(edited).toBeDefined();
  expect(values(edited!)[documentIndex]).toEqual(after);
  return edited!;
}

describe('an edit in place', () => {
  it('changes one value and leaves every other line as it was', () => {
    const edited = edit(FILE, 0, (site) => (site.spec.displayName = 'South'));
    const changed = edited.split('\n').filter((line, index) => line !== FILE.split('\n')[index]);
    expect(changed).toEqual(['  displayName: "South" # shown', '  suspend: null']);
  });

  it('leaves the other documents byte for byte', () => {
    const edited = edit(FILE, 0, (site) => (site.spec.timezone = 'UTC'));
    expect(edited.slice(edited.indexOf('---'))).toBe(FILE.slice(FILE.indexOf('---')));
  });

  it('quotes what would be read as something else', () => {
    const edited = edit(
      FILE,
      0,
      (site) => (site.metadata.labels = { a: 'on', b: '010', c: '1:30', d: 'plain', e: '', f: 'x: y', g: 'two\nlines\n', y: 'yes' }),
    );
    expect(edited).toContain('a: "on"');
    expect(edited).toContain('b: "010"');
    expect(edited).toContain('d: plain');
    expect(edited).toContain('"y": "yes"');
  });

  it('adds, removes and changes items of lists', () => {
    edit(FILE, 0, (site) => site.spec.areas.push({ path: 'tank', displayName: 'Tank' }));
    edit(FILE, 0, (site) => site.spec.areas.shift());
    edit(FILE, 0, (site) => (site.spec.areas[1].path = 'pumps/one'));
    edit(FILE, 0, (site) => (site.spec.areas = []));
    edit(FILE, 0, (site) => site.spec.areas.splice(1, 0, { path: 'a' }, { path: 'b' }));
  });

  it('removes fields and whole maps', () => {
    const edited = edit(FILE, 0, (site) => {
      delete site.spec.areas;
      delete site.spec.suspend;
    });
    expect(edited).not.toContain('areas');
  });

  it('edits the document after a comment that stands before the first separator', () => {
    const text = `# head\n---\n${FILE}`;
    const edited = edit(text, 1, (device) => (device.spec.port = 9));
    expect(edited.startsWith('# head\n---\n# The plant')).toBe(true);
    expect(edited).toContain('port: 9');
  });

  it('refuses documents with anchors, where one value stands for several', () => {
    expect(editText('a: &x 1\nb: *x\n', { documentIndex: 0 }, [{ kind: 'Set', path: ['a'], value: 2 }])).toBeUndefined();
  });

  it('edits an item of a List', () => {
    const text = 'kind: List\nitems:\n- {a: 1}\n- a: 2 # two\n';
    expect(editText(text, { documentIndex: 0, itemIndex: 1 }, [{ kind: 'Set', path: ['a'], value: 3 }])).toBe(
      'kind: List\nitems:\n- {a: 1}\n- a: 3 # two\n',
    );
  });

  it('removes a document and keeps the rest; of the last one nothing is left', () => {
    expect(removeFromText(FILE, { documentIndex: 1 })).toBe(FILE.slice(0, FILE.indexOf('---')));
    expect(values(removeFromText(FILE, { documentIndex: 0 })!)).toEqual([values(FILE)[1]]);
    expect(removeFromText('a: 1\n', { documentIndex: 0 })).toBe('');
  });
});
