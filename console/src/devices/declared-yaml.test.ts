import { describe, expect, it } from 'vitest';
import { parseDeclaredYaml, toDeclaredYaml } from './declared-yaml.ts';

const resource = {
  apiVersion: 'kubeplant.io/v1alpha1',
  kind: 'Device',
  metadata: { name: 'pump-1', namespace: 'default', uid: 'u', resourceVersion: '7', labels: { component: 'pump' } },
  spec: { mode: 'Active' },
  status: { tags: 3 },
};

describe('a resource as text', () => {
  it('shows what was declared, not what the host adds', () => {
    const text = toDeclaredYaml(resource);
    expect(text).not.toMatch(/uid|resourceVersion|status/);
    const { status: _status, metadata, ...rest } = resource;
    const { uid: _uid, resourceVersion: _version, ...kept } = metadata;
    expect(parseDeclaredYaml(text)).toEqual({ kind: 'resource', resource: { ...rest, metadata: kept } });
  });

  it('says where it is not YAML', () => {
    expect(parseDeclaredYaml('kind: Device\nspec: [1, 2\n')).toMatchObject({ kind: 'malformed', line: expect.any(Number) });
    expect(parseDeclaredYaml('- a\n')).toMatchObject({ kind: 'malformed', line: 1 });
  });
});
