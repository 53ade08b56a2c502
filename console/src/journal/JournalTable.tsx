import type { JournalEntry, ListJournalInput } from '@kubeplant/api-client';
import {
  Box,
  Button,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
  useMediaQuery,
  useTheme,
} from '@mui/material';
import { STATE_WORDS } from '../app/tokens.ts';
import { formatAlarmValue } from '../format/value.ts';
import { EmptyState, ErrorState, LoadingState } from '../ui/Notice.tsx';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { LateMark } from './LateMark.tsx';
import { useJournal } from './use-journal.ts';

/** Rows of the alarm journal; `narrow` for a drawer. */
export function JournalTable({
  filter,
  narrow = false,
  perPage = 50,
}: {
  readonly filter: ListJournalInput;
  readonly narrow?: boolean;
  readonly perPage?: number;
}) {
  const query = useJournal(filter, perPage);
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('md'));
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const entries = query.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) return <EmptyState title="No entry">Alarms that come, go or are acknowledged are written here.</EmptyState>;
  return (
    <>
      {narrow || phone ? (
        entries.map((entry) => <JournalCard key={entry.id} entry={entry} message={!narrow} />)
      ) : (
        <Rows entries={entries} />
      )}
      {query.hasNextPage && (
        <Box sx={{ textAlign: 'center', p: 1 }}>
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Older entries
          </Button>
        </Box>
      )}
    </>
  );
}

function Rows({ entries }: { readonly entries: readonly JournalEntry[] }) {
  return (
    <TableContainer>
      <Table size="small" aria-label="Alarm journal">
        <TableHead>
          <TableRow>
            <TableCell>Time</TableCell>
            <TableCell>Event</TableCell>
            <TableCell>Priority</TableCell>
            <TableCell>Message</TableCell>
            <TableCell>Device and tag</TableCell>
            <TableCell align="right">Value</TableCell>
            <TableCell>State then</TableCell>
            <TableCell>User and comment</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {entries.map((entry) => (
            <TableRow key={entry.id} hover data-kind={entry.kind}>
              <TableCell>
                <TimeText time={entry.time} place={entry} />
              </TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>
                {entry.kind}
                {entry.late && <LateMark />}
              </TableCell>
              <TableCell>
                <PriorityMark priority={entry.priority} filled={entry.kind === 'Active'} />
              </TableCell>
              <TableCell>{entry.message}</TableCell>
              <TableCell>
                {entry.device} {entry.tag}
              </TableCell>
              <TableCell align="right">{formatAlarmValue(entry) ?? '–'}</TableCell>
              <TableCell>{STATE_WORDS[entry.state]}</TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{signature(entry)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function JournalCard({ entry, message }: { readonly entry: JournalEntry; readonly message: boolean }) {
  return (
    <Box sx={{ py: 0.8, px: 0.5, borderBottom: 1, borderColor: 'divider' }} data-kind={entry.kind}>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1 }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          <PriorityMark priority={entry.priority} word={false} filled={entry.kind === 'Active'} /> {entry.kind}
          {entry.late && <LateMark />}
        </Typography>
        <Typography variant="body2">
          <TimeText time={entry.time} place={entry} />
        </Typography>
      </Box>
      {message && <Typography variant="body2">{entry.message}</Typography>}
      <Typography variant="body2" color="textSecondary">
        {[STATE_WORDS[entry.state], formatAlarmValue(entry), signature(entry)].filter(Boolean).join(' · ')}
      </Typography>
    </Box>
  );
}

const signature = ({ user, comment }: JournalEntry): string => [user, comment && `“${comment}”`].filter(Boolean).join(': ');
