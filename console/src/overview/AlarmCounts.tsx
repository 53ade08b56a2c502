import type { Overview } from '@kubeplant/api-client';
import { Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import { Link } from 'react-router-dom';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { Section } from './Section.tsx';

/** How many alarms of each priority stand, and how many wait for somebody. */
export function AlarmCounts({ counts }: { readonly counts: Overview['alarms'] }) {
  return (
    <Section title="Alarms by priority">
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>Priority</TableCell>
            <TableCell align="right" title="Unacknowledged">
              Unacked
            </TableCell>
            <TableCell align="right">Active</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {counts
            .filter(({ priority }) => priority !== 'Journal')
            .map(({ priority, unacknowledged, active }) => (
              <TableRow key={priority}>
                <TableCell>
                  <Link to={`/alarms?priority=${priority}`} style={{ textDecoration: 'none' }}>
                    <PriorityMark priority={priority} filled={unacknowledged > 0} />
                  </Link>
                </TableCell>
                <TableCell align="right" sx={{ fontWeight: unacknowledged > 0 ? 700 : 400 }}>
                  {unacknowledged}
                </TableCell>
                <TableCell align="right">{active}</TableCell>
              </TableRow>
            ))}
        </TableBody>
      </Table>
    </Section>
  );
}
