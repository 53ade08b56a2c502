import { Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { useSites } from '../ui/use-sites.ts';
import { ExportRow } from './ExportRow.tsx';
import { useExports } from './use-exports.ts';

/** The files of readings that the user has asked for. */
export function ExportsPage() {
  const { data: rows, error, refetch } = useExports();
  const { data: sites = [] } = useSites();
  const timeZone = sites[0]?.timezone ?? 'UTC';
  return (
    <Page title="Exports">
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5 }}>
        Files of readings. They are written in the background, also when you leave, and deleted after a day.
      </Typography>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <LoadingState />}
      {rows?.length === 0 && (
        <EmptyState title="No exports">
          Choose tags and a span of time in the <Link to="/trend">trend</Link>, and press Export there.
        </EmptyState>
      )}
      {rows?.map((row) => (
        <ExportRow key={row.id} row={row} timeZone={timeZone} />
      ))}
    </Page>
  );
}
