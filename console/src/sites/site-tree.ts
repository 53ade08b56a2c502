import type { Device, Site } from '@kubeplant/api-client';

/** A site, an area or a device in the tree. Ids are unique over all sites. */
export type TreeNode =
  | { readonly kind: 'site'; readonly id: string; readonly site: Site; readonly children: readonly TreeNode[] }
  | { readonly kind: 'area'; readonly id: string; readonly name: string; readonly children: readonly TreeNode[] }
  | { readonly kind: 'device'; readonly id: string; readonly device: Device };

/** Sites with their areas, declared or only named by a device, and the devices in them. */
export function buildSiteTree(sites: readonly Site[], devices: readonly Device[]): readonly TreeNode[] {
  return sites.map((site) => {
    const own = devices.filter((device) => device.namespace === site.namespace && device.site === site.name);
    const id = `${site.namespace}/${site.name}`;
    const paths = new Set([...site.areas.map(({ path }) => path), ...own.flatMap(({ area }) => area ?? [])].flatMap(withAncestors));
    const names = new Map(site.areas.map(({ path, displayName }) => [path, displayName]));
    const childrenOf = (parent: string): TreeNode[] => [
      ...[...paths]
        .filter((path) => parentOf(path) === parent)
        .map((path) => ({
          kind: 'area' as const,
          id: `${id}#${path}`,
          name: names.get(path) ?? path.split('/').at(-1) ?? path,
          children: childrenOf(path),
        })),
      ...own.filter(({ area = '' }) => area === parent).map((device) => ({ kind: 'device' as const, id: `${id}:${device.name}`, device })),
    ];
    return { kind: 'site', id, site, children: childrenOf('') };
  });
}

/** Devices anywhere below a node. */
export function devicesBelow(node: TreeNode): readonly Device[] {
  return node.kind === 'device' ? [node.device] : node.children.flatMap(devicesBelow);
}

/** Ids of all nodes that have children. */
export function branchIds(nodes: readonly TreeNode[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'device' ? [] : [node.id, ...branchIds(node.children)]));
}

const parentOf = (path: string): string => path.split('/').slice(0, -1).join('/');

function withAncestors(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, n) => parts.slice(0, n + 1).join('/'));
}
