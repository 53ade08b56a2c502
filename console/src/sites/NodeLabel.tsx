import { Box, Typography } from '@mui/material';
import { isHidden, isUnacknowledged } from '../alarms/urgency.ts';
import { useTokens } from '../app/theme.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { HealthMark, healthOf } from '../ui/HealthMark.tsx';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { devicesBelow, type TreeNode } from './site-tree.ts';

const OK = ['flowing', 'calculated', 'disabled'];

/** Name and state of a node; of a branch, what is wrong below it. */
export function NodeLabel({ node }: { readonly node: TreeNode }) {
  const below = devicesBelow(node);
  const keys = new Set(below.map(({ namespace, name }) => `${namespace}/${name}`));
  const alarms = useStandingAlarms().alarms.filter((alarm) => keys.has(`${alarm.namespace}/${alarm.device}`) && !isHidden(alarm));
  const [worst] = alarms;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, rowGap: 0.3, alignItems: 'center', py: 0.3 }}>
      <Typography sx={{ fontWeight: node.kind === 'device' ? 400 : 600 }}>{nameOf(node)}</Typography>
      {node.kind === 'site' && node.site.simulations.length > 0 && <SimulatedMark />}
      {node.kind === 'device' ? <HealthMark device={node.device} reason /> : <BranchState node={node} />}
      {worst !== undefined && (
        <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}>
          <PriorityMark priority={worst.priority} word={false} filled={isUnacknowledged(worst)} />
          <Typography variant="body2">
            {alarms.length === 1 ? worst.message : `${alarms.length} alarms, the worst ${worst.priority}`}
          </Typography>
        </Box>
      )}
    </Box>
  );
}

function BranchState({ node }: { readonly node: TreeNode }) {
  const tokens = useTokens();
  const below = devicesBelow(node);
  const wrong = below.filter((device) => !OK.includes(healthOf(device))).length;
  const silent = node.kind === 'site' && !node.site.recording ? 'not recording, ' : '';
  return (
    <Typography
      variant="body2"
      sx={{ color: wrong > 0 || silent !== '' ? tokens.bad : 'text.secondary', fontWeight: wrong > 0 ? 600 : 400 }}
    >
      {silent}
      {below.length === 0
        ? 'no devices'
        : wrong > 0
          ? `${wrong} of ${below.length} devices not in order`
          : `${below.length} ${below.length === 1 ? 'device' : 'devices'} in order`}
    </Typography>
  );
}

function nameOf(node: TreeNode): string {
  if (node.kind === 'site') return node.site.displayName;
  return node.kind === 'area' ? node.name : (node.device.displayName ?? node.device.name);
}
