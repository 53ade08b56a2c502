import type { Tag } from '@kubeplant/api-client';
import ShowChart from '@mui/icons-material/ShowChart';
import { Box, IconButton, TableCell, TableRow, Tooltip, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { formatReason } from '../format/reason.ts';
import { formatValue, unitOf } from '../format/value.ts';
import { useIsOld, useTag } from '../live/use-live.ts';
import { QualityMark } from '../ui/QualityMark.tsx';
import { Sparkline } from './Sparkline.tsx';
import { TagAge } from './TagAge.tsx';

/** A tag with its live value, quality and age; on a phone folded into two lines. */
export function TagRow({ tag, rejected }: { readonly tag: Tag; readonly rejected: string | undefined }) {
  const live = useTag(tag.path);
  const old = useIsOld();
  const value = live === undefined ? tag.value : live.value;
  const status = live?.status ?? tag.status;
  const timeMs = live?.timeMs ?? (tag.time === undefined ? undefined : Date.parse(tag.time));
  return (
    <TableRow
      hover
      data-tag={tag.path}
      sx={{
        opacity: old ? 0.5 : 1,
        display: { xs: 'flex', sm: 'table-row' },
        flexWrap: 'wrap',
        alignItems: 'center',
        borderBottom: { xs: '1px solid', sm: 0 },
        borderBottomColor: { xs: 'divider' },
        '& > td': { borderBottomWidth: { xs: 0, sm: 1 } },
      }}
    >
      <TableCell sx={{ width: { xs: '58%', sm: 'auto' } }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {tag.name}
          {tag.designation !== undefined && (
            <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}>
              {' '}
              {tag.designation}
            </Box>
          )}
        </Typography>
        <Typography variant="caption" color="textSecondary">
          {tag.description}
        </Typography>
      </TableCell>
      <TableCell
        align="right"
        data-value
        sx={{ fontWeight: 600, fontSize: '1rem', whiteSpace: 'nowrap', width: { xs: '26%', sm: 'auto' } }}
      >
        {formatValue(value, tag)}
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap', width: { xs: '16%', sm: 'auto' } }}>{unitOf(value, tag)}</TableCell>
      <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>
        <Sparkline tag={tag} />
      </TableCell>
      <TableCell>
        {rejected === undefined ? (
          <QualityMark status={status} />
        ) : (
          <Tooltip title="The device refuses this tag">
            <span>Rejected: {formatReason(rejected)}</span>
          </Tooltip>
        )}
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap' }}>
        <TagAge timeMs={timeMs} place={tag} />
      </TableCell>
      <TableCell align="right" sx={{ py: 0, ml: { xs: 'auto', sm: 0 } }}>
        <Tooltip title="Trend">
          <IconButton size="small" component={Link} to={`/trend?pens=${encodeURIComponent(tag.path)}`} aria-label={`Trend of ${tag.name}`}>
            <ShowChart fontSize="small" />
          </IconButton>
        </Tooltip>
      </TableCell>
    </TableRow>
  );
}
