import { describe, expect, it } from 'vitest';
import { packTags } from './pack-tags.ts';

const device = (count: number) => ({
  apiVersion: 'kubeplant.io/v1alpha1',
  kind: 'Device',
  metadata: { name: 'a', namespace: 'n' },
  spec: {
    mode: 'Active',
    tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, { unit: 'm³/h', modbus: { address: index } }])),
  },
});

describe('packTags', () => {
  it.each([0, 3, 100])('changes nothing that can be read of %i tags', (count) => {
    const packed = packTags(device(count));
    expect(packed).toEqual(device(count));
    expect(JSON.parse(JSON.stringify(packed))).toEqual(device(count));
  });

  it('leaves objects without tags alone', () => {
    const site = { apiVersion: 'v1', kind: 'Site', metadata: { name: 'a' } };
    expect(packTags(site)).toBe(site);
  });
});
