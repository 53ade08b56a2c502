import type { Device, Tag } from '@kubeplant/api-client';
import { Paper, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';
import { TagRow } from '../tags/TagRow.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';

/** All tags of a device with their live values. */
export function DeviceTags({ device }: { readonly device: Device }) {
  const { namespace, name, revision } = device;
  const client = useClient();
  const query = useQuery({
    queryKey: ['device-tags', namespace, name, revision],
    queryFn: async ({ signal }) => {
      const tags: Tag[] = [];
      for (;;) {
        const { items, total } = await client.tags.list({ namespace, device: name, limit: 1000, offset: tags.length }, signal);
        tags.push(...items);
        if (items.length === 0 || tags.length >= total) return tags;
      }
    },
    placeholderData: (previous) => previous,
  });
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0)
    return <EmptyState title="No tags">Declare tags under spec.tags, or name a profile that has some.</EmptyState>;
  const reasons = new Map(device.rejected.map(({ tag, reason }) => [tag, reason]));
  return (
    <TableContainer component={Paper}>
      <Table size="small" aria-label="Live values">
        <TableHead>
          <TableRow sx={{ display: { xs: 'none', sm: 'table-row' } }}>
            <TableCell>Tag</TableCell>
            <TableCell align="right">Value</TableCell>
            <TableCell>Unit</TableCell>
            <TableCell>Last 10 minutes</TableCell>
            <TableCell>Quality</TableCell>
            <TableCell title="How long ago the value last changed by more than its deadband">Changed</TableCell>
            <TableCell />
          </TableRow>
        </TableHead>
        <TableBody>
          {query.data.map((tag) => (
            <TagRow key={tag.path} tag={tag} rejected={reasons.get(tag.name)} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
