import { Paper } from '@mui/material';
import { SimpleTreeView } from '@mui/x-tree-view/SimpleTreeView';
import { TreeItem } from '@mui/x-tree-view/TreeItem';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useClient } from '../app/DepsContext.tsx';
import { devicePath } from '../providers/ids.ts';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { useSites } from '../ui/use-sites.ts';
import { NodeLabel } from './NodeLabel.tsx';
import { branchIds, buildSiteTree, type TreeNode } from './site-tree.ts';

/** Sites, their areas and the devices in them, each with its state. */
export function SitesPage() {
  const client = useClient();
  const navigate = useNavigate();
  const sites = useSites();
  const devices = useQuery({
    queryKey: ['devices', 'all'],
    queryFn: ({ signal }) => client.devices.list({ limit: 1000 }, signal),
    refetchInterval: 5_000,
  });
  const tree = useMemo(() => buildSiteTree(sites.data ?? [], devices.data?.items ?? []), [sites.data, devices.data]);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const branches = branchIds(tree);
  const failed = [sites, devices].find(({ isError }) => isError);
  if (failed !== undefined)
    return (
      <Page title="Sites">
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      </Page>
    );
  if (sites.isPending || devices.isPending) return <LoadingState />;
  const open = (id: string): void => {
    const found = devices.data?.items.find((device) => id === `${device.namespace}/${device.site}:${device.name}`);
    if (found !== undefined) navigate(devicePath(found.namespace, found.name));
  };
  return (
    <Page title="Sites">
      <Paper sx={{ p: 1 }}>
        {tree.length === 0 && (
          <EmptyState title="No site yet">
            Apply a <code>Site</code> to see it here.
          </EmptyState>
        )}
        <SimpleTreeView
          aria-label="Sites, areas and devices"
          expandedItems={branches.filter((id) => !collapsed.has(id))}
          onExpandedItemsChange={(_, expanded) => setCollapsed(new Set(branches.filter((id) => !expanded.includes(id))))}
          onItemClick={(_, id) => open(id)}
          onItemSelectionToggle={(event, id, selected) => {
            if (selected && event?.type === 'keydown') open(id);
          }}
        >
          {tree.map(renderNode)}
        </SimpleTreeView>
      </Paper>
    </Page>
  );
}

const renderNode = (node: TreeNode) => (
  <TreeItem key={node.id} itemId={node.id} label={<NodeLabel node={node} />}>
    {node.kind === 'device' ? undefined : node.children.map(renderNode)}
  </TreeItem>
);
