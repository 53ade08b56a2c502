import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptFiles } from '../accept/accept-files.ts';
import type { Accepted } from '../accept/types.ts';
import { collectPaths } from '../source/collect-paths.ts';
import { readSourceFile } from '../source/read-file.ts';
import { handleEdit } from './handle-edit.ts';

const SITE = 'apiVersion: kubeplant.io/v1alpha1\nkind: Site\nmetadata: {name: a}\nspec:\n  # where it is\n  timezone: UTC\n';

let folder: string;
let accepted: Accepted;
let held: readonly string[];

async function reload(): Promise<void> {
  const { paths } = await collectPaths([folder]);
  ({ accepted, held } = acceptFiles(await Promise.all(paths.map(readSourceFile)), accepted));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kp-edit-'));
  writeFileSync(join(folder, 'a.yaml'), SITE);
  accepted = new Map();
  await reload();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const present = () => [...accepted.values()].flat();
const text = () => readFileSync(join(folder, 'a.yaml'), 'utf8');

/** A PUT of the site with these spec fields, on top of what it has. */
function put(spec: object, more: { readonly resourceVersion?: string; readonly dryRun?: boolean; readonly method?: string } = {}) {
  const object = present()[0]?.object;
  const wanted = { ...object, spec: { ...(object?.spec as object), ...spec } };
  const resourceVersion = more.resourceVersion ?? object?.metadata.resourceVersion ?? '';
  const edit = {
    id: '1',
    method: more.method ?? 'PUT',
    kind: 'Site',
    namespace: 'default',
    name: 'a',
    user: 'ada',
    traceparent: '',
    dryRun: more.dryRun ?? false,
  };
  return handleEdit({ accepted: present, held: () => held, reload }, { ...edit, resourceVersion, object: JSON.stringify(wanted) });
}

describe('a console edit', () => {
  it('changes the file in place and answers with the resource in force', async () => {
    const before = present()[0]?.object.metadata.resourceVersion;
    const result = await put({ timezone: 'Europe/Berlin' });
    expect(result).toMatchObject({ status: 200 });
    expect(text()).toBe(SITE.replace('UTC', 'Europe/Berlin'));
    const object = JSON.parse(result.object);
    expect(object.spec.timezone).toBe('Europe/Berlin');
    expect(object.metadata.resourceVersion).not.toBe(before);
  });

  it('with an old version is stale, and nothing is written', async () => {
    expect(await put({ timezone: 'Europe/Berlin' }, { resourceVersion: 'older' })).toMatchObject({ status: 412, code: 'stale' });
    expect(text()).toBe(SITE);
  });

  it('after somebody saved the file is stale, though nobody has read it yet', async () => {
    const { resourceVersion = '' } = present()[0]?.object.metadata ?? {};
    writeFileSync(join(folder, 'a.yaml'), SITE.replace('UTC', 'Asia/Tokyo'));
    expect(await put({ timezone: 'Europe/Berlin' }, { resourceVersion })).toMatchObject({ status: 412 });
    expect(text()).toContain('Asia/Tokyo');
  });

  it('that is invalid names the field, and nothing is written', async () => {
    const result = await put({ timezon: 'UTC' });
    expect(result).toMatchObject({ status: 400, code: 'invalid' });
    expect(JSON.parse(result.errors)[0].field).toBe('spec.timezon');
    expect(text()).toBe(SITE);
  });

  it('as a dry run is judged and not written', async () => {
    expect(await put({ timezone: 'Europe/Berlin' }, { dryRun: true })).toMatchObject({ status: 200 });
    expect(text()).toBe(SITE);
  });

  it('of a file that is broken at the moment is refused', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'kind: [');
    await reload();
    expect(await put({ timezone: 'Europe/Berlin' })).toMatchObject({ status: 409, code: 'file-broken' });
    expect(text()).toBe('kind: [');
  });

  it('of a resource from a kustomization answers with the YAML to commit', async () => {
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [a.yaml]\nnamespace: default\n');
    await reload();
    const result = await put({ timezone: 'Europe/Berlin' });
    expect(result).toMatchObject({ status: 409, code: 'managed-elsewhere' });
    expect(result.yaml).toContain('timezone: Europe/Berlin');
  });

  it('that deletes takes the resource out of force', async () => {
    expect(await put({}, { method: 'DELETE' })).toMatchObject({ status: 200 });
    expect(present()).toEqual([]);
  });
});
