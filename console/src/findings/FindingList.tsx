import type { Finding } from '@kubeplant/api-client';
import { Box, Typography } from '@mui/material';
import { List, type RaRecord, SearchInput, SelectInput, useListContext } from 'react-admin';
import { Link } from 'react-router-dom';
import { devicePath } from '../providers/ids.ts';
import { EmptyState, LoadingState } from '../ui/Notice.tsx';
import { FindingLine } from './FindingLine.tsx';

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput key="severity" source="severity" alwaysOn choices={['Error', 'Warning'].map((id) => ({ id, name: id }))} />,
];

/** What the plan has to say about the declaration: errors first. */
export function FindingList() {
  return (
    <List
      filters={filters}
      sort={{ field: 'severity', order: 'ASC' }}
      perPage={50}
      exporter={false}
      empty={false}
      queryOptions={{ refetchInterval: 10_000 }}
    >
      <Findings />
    </List>
  );
}

function Findings() {
  const { data, isPending } = useListContext<Finding & RaRecord>();
  if (isPending) return <LoadingState />;
  if (data === undefined || data.length === 0)
    return (
      <EmptyState title="Nothing to correct">Every reference in the declaration is found, and every rule watches something.</EmptyState>
    );
  return (
    <Box sx={{ p: 2 }}>
      {data.map((finding) => (
        <Box key={finding.id} sx={{ py: 0.8, borderBottom: 1, borderColor: 'divider' }}>
          <Typography variant="body2" sx={{ fontWeight: 600 }}>
            {finding.kind === 'Device' ? (
              <Link to={`${devicePath(finding.namespace, finding.name)}?tab=declared`} style={{ color: 'inherit' }}>
                Device {finding.namespace}/{finding.name}
              </Link>
            ) : (
              `${finding.kind} ${finding.namespace}/${finding.name}`
            )}
          </Typography>
          <FindingLine finding={finding} />
        </Box>
      ))}
    </Box>
  );
}
