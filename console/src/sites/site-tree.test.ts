import type { Device, Site } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { branchIds, buildSiteTree, devicesBelow, type TreeNode } from './site-tree.ts';

const site = {
  namespace: 'default',
  name: 'riverside',
  displayName: 'Riverside',
  areas: [{ path: 'station', displayName: 'Station' }],
} as unknown as Site; // Only what the tree looks at.
const device = (name: string, area?: string) => ({ namespace: 'default', site: 'riverside', name, area }) as Device;

const show = (node: TreeNode): unknown =>
  node.kind === 'device' ? node.device.name : [node.kind === 'site' ? node.site.displayName : node.name, ...node.children.map(show)];

describe('the tree of sites', () => {
  const tree = buildSiteTree([site], [device('pump-1', 'station/hall/bay'), device('meter', 'station'), device('totals')]);

  it('holds areas that only a device names, with those above them', () => {
    expect(tree.map(show)).toEqual([['Riverside', ['Station', ['hall', ['bay', 'pump-1']], 'meter'], 'totals']]);
  });

  it('leaves devices of other sites out', () => {
    expect(buildSiteTree([{ ...site, name: 'hilltop' }], [device('pump-1')]).map(show)).toEqual([['Riverside', ['Station']]]);
  });

  it('knows what is below a node', () => {
    expect(tree.flatMap(devicesBelow).map(({ name }) => name)).toEqual(['pump-1', 'meter', 'totals']);
    expect(branchIds(tree)).toEqual([
      'default/riverside',
      'default/riverside#station',
      'default/riverside#station/hall',
      'default/riverside#station/hall/bay',
    ]);
  });
});
