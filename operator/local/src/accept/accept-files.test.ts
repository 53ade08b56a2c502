import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../problem.ts';
import { collectPaths } from '../source/collect-paths.ts';
import { readSourceFile } from '../source/read-file.ts';
import { acceptFiles } from './accept-files.ts';
import { keepUnread } from './keep-unread.ts';
import type { Accepted } from './types.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function write(files: Record<string, string>, into?: string): string {
  const folder = into ?? mkdtempSync(join(tmpdir(), 'kp-local-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function read(folder: string, before: Accepted = new Map()) {
  const collected = await collectPaths([folder]);
  const files = await Promise.all(collected.paths.map(readSourceFile));
  const acceptance = acceptFiles(files, before);
  const problems = [...collected.problems, ...acceptance.problems];
  return {
    ...acceptance,
    ignored: files.reduce((sum, { ignored }) => sum + ignored, 0),
    reasons: problems.map(({ reason }) => reason),
    lines: problems.map((problem) => formatProblem(problem).replace(`${folder}/`, '')),
    names: [...acceptance.accepted.values()]
      .flat()
      .map(({ object }) => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`),
    objects: [...acceptance.accepted.values()].flat().map(({ object }) => object),
  };
}

const site = (name: string, more = ''): string =>
  `apiVersion: kubeplant.io/v1alpha1\nkind: Site\nmetadata:\n  name: ${name}\nspec:\n  timezone: UTC\n${more}`;

describe('reading a folder of YAML', () => {
  it('takes every file, every document and every item of a List, in the namespace default', async () => {
    const item = site('c')
      .split('\n')
      .map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`))
      .join('\n');
    const folder = write({
      'a.yaml': site('a'),
      'sub/b.yml': `${site('b')}---\n${site('b2')}`,
      'list.yaml': `apiVersion: v1\nkind: List\nitems:\n${item}`,
      'notes.txt': ':',
      '.hidden/x.yaml': ':',
    });
    expect((await read(folder)).names).toEqual(['Site default/a', 'Site default/c', 'Site default/b', 'Site default/b2']);
  });

  it('leaves other groups alone and counts them', async () => {
    const { ignored, names, reasons } = await read(
      write({ 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n${site('a')}` }),
    );
    expect({ ignored, names, reasons }).toEqual({ ignored: 1, names: ['Site default/a'], reasons: [] });
  });

  it('names file, line, column, resource and field of a mistake', async () => {
    const { lines } = await read(write({ 'a.yaml': site('a', '  timezon: UTC\n') }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^a\.yaml:7:3 Site\/default\/a spec\.timezon: /);
  });

  it('names line and column of what is not YAML', async () => {
    const { lines, reasons } = await read(write({ 'a.yaml': 'a: b: c\n' }));
    expect(reasons).toContain('YamlMalformed');
    expect(lines[0]).toMatch(/^a\.yaml:1:\d+/);
  });

  it('reports a resource that is declared twice at the second place', async () => {
    const { reasons, lines } = await read(write({ 'a.yaml': site('a'), 'b.yaml': site('a') }));
    expect(reasons).toEqual(['DuplicateResource']);
    expect(lines[0]).toContain('b.yaml:4');
  });

  it('says what only Kubernetes can honour', async () => {
    const text =
      'apiVersion: kubeplant.io/v1alpha1\nkind: CollectorClass\nmetadata: {name: default}\nspec:\n  protocols: [ModbusTcp]\n  nodeSelector: {disk: ssd}\n';
    const { reasons, names } = await read(write({ 'a.yaml': text }));
    expect({ reasons, names }).toEqual({ reasons: ['NotOnThisHost'], names: ['CollectorClass /default'] });
  });

  it('gives the same uid to the same name each time, and another version to another content', async () => {
    const [first] = (await read(write({ 'a.yaml': site('a') }))).objects;
    const [second] = (await read(write({ 'a.yaml': site('a', '  displayName: A\n') }))).objects;
    expect(first?.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(second?.metadata.uid).toBe(first?.metadata.uid);
    expect(second?.metadata.resourceVersion).not.toBe(first?.metadata.resourceVersion);
  });
});

describe('a file that breaks', () => {
  it('keeps what it last had in force, and takes effect again when it is mended', async () => {
    const folder = write({ 'a.yaml': site('a'), 'b.yaml': site('b') });
    const first = await read(folder);
    write({ 'a.yaml': 'kind: [\n', 'b.yaml': site('b2') }, folder);
    const broken = await read(folder, first.accepted);
    expect(broken.names).toEqual(['Site default/a', 'Site default/b2']);
    expect(broken.held).toEqual([join(folder, 'a.yaml')]);
    write({ 'a.yaml': site('a2') }, folder);
    expect((await read(folder, broken.accepted)).names).toEqual(['Site default/a2', 'Site default/b2']);
  });

  it('with one invalid resource keeps all of the file as it was', async () => {
    const folder = write({ 'a.yaml': `${site('a')}---\n${site('b')}` });
    const first = await read(folder);
    write({ 'a.yaml': `${site('a', '  displayName: New\n')}---\n${site('b', '  nonsense: 1\n')}` }, folder);
    const second = await read(folder, first.accepted);
    expect(second.objects).toEqual(first.objects);
  });

  it('at the first reading gives what is valid in it', async () => {
    const { names, reasons } = await read(write({ 'a.yaml': `${site('a')}---\n${site('b', '  nonsense: 1\n')}` }));
    expect(names).toEqual(['Site default/a']);
    expect(reasons).toEqual(['Invalid']);
  });

  it('refuses a change that may not be made, judged against what is in force', async () => {
    const device = (name: string): string =>
      `apiVersion: kubeplant.io/v1alpha1\nkind: Device\nmetadata: {name: d}\nspec:\n  siteRef: {name: ${name}}\n  connection: {protocol: ModbusTcp, modbusTcp: {host: 10.0.0.1}}\n  tags: {t: {modbus: {address: 1}}}\n`;
    const folder = write({ 'd.yaml': device('a') });
    const first = await read(folder);
    expect(first.reasons).toEqual([]);
    write({ 'd.yaml': device('b') }, folder);
    const second = await read(folder, first.accepted);
    expect(second.lines[0]).toMatch(/d\.yaml:5:\d+ Device\/default\/d spec\.siteRef/);
    expect(second.objects).toEqual(first.objects);
  });

  it('does not come twice when its resource moved to another file', async () => {
    const folder = write({ 'a.yaml': site('a') });
    const first = await read(folder);
    write({ 'a.yaml': 'kind: [\n', 'b.yaml': site('a') }, folder);
    expect((await read(folder, first.accepted)).names).toEqual(['Site default/a']);
  });
});

describe('a folder that cannot be read', () => {
  it('keeps what its files last had, but for what is declared elsewhere now', async () => {
    const folder = write({ 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': site('a'), 'b.yaml': site('b') });
    const first = await read(folder);
    write({ 'kustomization.yaml': 'resources: [a.yaml]\npatches: []\n' }, folder);
    const second = await read(folder, first.accepted);
    expect(second.lines[0]).toContain('kustomization.yaml:2:1 patches');
    const names = [...keepUnread(first.accepted, second.accepted).values()].flat().map(({ object }) => object.metadata.name);
    expect(names).toEqual(['a', 'b']);
    const other = await read(write({ 'c.yaml': site('a', '  displayName: Moved\n') }));
    const kept = [...keepUnread(first.accepted, other.accepted).values()].flat();
    expect(kept.map(({ origin }) => origin.file.split('/').at(-1))).toEqual(['c.yaml', 'b.yaml']);
  });
});

describe('a kustomization', () => {
  it('gives its resources, namespace and labels', async () => {
    const folder = write({
      'kustomization.yaml': 'resources: [base, extra.yaml]\nnamespace: north\ncommonLabels: {team: water}\n',
      'base/kustomization.yaml': 'resources: [site.yaml]\nnamespace: south\nlabels: [{pairs: {tier: one}}]\n',
      'base/site.yaml': site('a'),
      'extra.yaml': site('b'),
      'unused.yaml': site('c'),
    });
    const { objects, reasons } = await read(folder);
    expect(reasons).toEqual([]);
    expect(objects.map(({ metadata: { name, namespace, labels } }) => ({ name, namespace, labels }))).toEqual([
      { name: 'a', namespace: 'north', labels: { tier: 'one', team: 'water' } },
      { name: 'b', namespace: 'north', labels: { team: 'water' } },
    ]);
  });

  it('with something unsupported is refused by name and gives nothing', async () => {
    const { lines, names } = await read(write({ 'kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: x-\n', 'a.yaml': site('a') }));
    expect(names).toEqual([]);
    expect(lines[0]).toMatch(/^kustomization\.yaml:2:1 namePrefix: .*kubectl kustomize/);
  });

  it('does not fetch anything', async () => {
    const { lines } = await read(write({ 'kustomization.yaml': 'resources: ["https://example.com/x"]\n' }));
    expect(lines[0]).toContain('is not a local file or folder');
  });
});
