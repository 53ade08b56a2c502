import CloseIcon from '@mui/icons-material/Close';
import {
  Box,
  IconButton,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  ToggleButton,
  ToggleButtonGroup,
  Typography,
} from '@mui/material';
import { Link } from 'react-router-dom';
import { useTokens } from '../app/theme.ts';
import { formatNumber, formatValue } from '../format/value.ts';
import { devicePath } from '../providers/ids.ts';
import { valueAt } from './chart-data.ts';
import { DASHES } from './chart-options.ts';
import type { Pen } from './trend-state.ts';
import type { DrawnPen } from './use-pens.ts';

/** What the legend takes. `atMs` is the cursor, or the present. */
export interface TrendLegendProps {
  readonly pens: readonly DrawnPen[];
  /** The same pens in an earlier period, and which that is. */
  readonly formers: readonly DrawnPen[];
  readonly formerText: string;
  readonly atMs: number;
  readonly atText: string;
  readonly onAxis: (path: string, axis: Pen['axis']) => void;
  readonly onRemove: (path: string) => void;
}

/** The pens with their values at the cursor. */
export function TrendLegend({ pens, formers, formerText, atMs, atText, onAxis, onRemove }: TrendLegendProps) {
  return (
    <TableContainer>
      <Table size="small" aria-label="Pens">
        <TableHead>
          <TableRow>
            <TableCell />
            <TableCell>Tag</TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
              {atText}
            </TableCell>
            <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>Least and greatest</TableCell>
            <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>Shown</TableCell>
            <TableCell>Axis</TableCell>
            <TableCell />
          </TableRow>
        </TableHead>
        <TableBody>
          {pens.map((pen) => (
            <PenRow
              key={pen.pen.path}
              drawn={pen}
              former={formers.find((one) => one.pen.path === pen.pen.path)}
              {...{ formerText, atMs, onAxis, onRemove }}
            />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

interface PenRowProps extends Pick<TrendLegendProps, 'formerText' | 'atMs' | 'onAxis' | 'onRemove'> {
  readonly drawn: DrawnPen;
  readonly former: DrawnPen | undefined;
}

function PenRow({ drawn, former, formerText, atMs, onAxis, onRemove }: PenRowProps) {
  const tokens = useTokens();
  const { pen, index, tag, curve, source, gaps, error } = drawn;
  const [namespace = '', device = '', name = ''] = pen.path.split('/');
  return (
    <TableRow data-pen={pen.path}>
      <TableCell sx={{ width: 44 }}>
        <svg width="34" height="10" aria-hidden="true">
          <line x1="1" y1="5" x2="33" y2="5" stroke={tokens.pens[index]} strokeWidth="2.4" strokeDasharray={DASHES[index]?.join(' ')} />
        </svg>
      </TableCell>
      <TableCell>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          <Link to={devicePath(namespace, device)} style={{ color: 'inherit' }}>
            {device}
          </Link>{' '}
          {name}
        </Typography>
        <Typography variant="caption" color={error === undefined ? 'textSecondary' : 'error'}>
          {error instanceof Error ? error.message : (tag?.description ?? '')}
        </Typography>
      </TableCell>
      <TableCell align="right" sx={{ fontWeight: 600, whiteSpace: 'nowrap' }}>
        {formatAt(drawn, atMs)}
        {former !== undefined && (
          <Typography variant="caption" component="div" color="textSecondary" sx={{ whiteSpace: 'normal' }}>
            {formerText}: {formatAt(former, atMs)}
          </Typography>
        )}
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap', display: { xs: 'none', md: 'table-cell' } }}>{formatExtremes(drawn)}</TableCell>
      <TableCell sx={{ color: 'text.secondary', whiteSpace: 'nowrap', display: { xs: 'none', md: 'table-cell' } }}>
        {source}
        {curve.bad.length > 0 && (
          <Box component="span" sx={{ color: tokens.bad, fontWeight: 600 }}>
            , bad quality hatched
          </Box>
        )}
        {gaps.length > 0 && ', not observed grey'}
      </TableCell>
      <TableCell>
        <ToggleButtonGroup
          size="small"
          exclusive
          value={pen.axis}
          aria-label={`Axis of ${name}`}
          onChange={(_, axis: Pen['axis'] | null) => {
            if (axis !== null) onAxis(pen.path, axis);
          }}
        >
          <ToggleButton value="left" sx={{ py: 0.2, px: 1 }}>
            Left
          </ToggleButton>
          <ToggleButton value="right" sx={{ py: 0.2, px: 1 }}>
            Right
          </ToggleButton>
        </ToggleButtonGroup>
      </TableCell>
      <TableCell align="right" sx={{ py: 0 }}>
        <IconButton size="small" onClick={() => onRemove(pen.path)} aria-label={`Remove ${name}`}>
          <CloseIcon fontSize="small" />
        </IconButton>
      </TableCell>
    </TableRow>
  );
}

/** The value that holds at a time. */
function formatAt({ curve, tag, loading }: DrawnPen, atMs: number): string {
  if (loading) return '…';
  const value = valueAt(curve, atMs);
  if (value === undefined) return 'no value';
  if (value === null) return 'gap';
  return `${formatValue(value, tag ?? { dataType: 'Float64' })} ${tag?.states?.[String(value)] === undefined ? (tag?.unit ?? '') : ''}`;
}

function formatExtremes({ curve, tag }: DrawnPen): string {
  if (tag?.states !== undefined) return '';
  const low = curve.low.reduce<number>((least, value) => (value === null ? least : Math.min(least, value)), Number.POSITIVE_INFINITY);
  const high = curve.high.reduce<number>((most, value) => (value === null ? most : Math.max(most, value)), Number.NEGATIVE_INFINITY);
  return low > high ? '' : `${formatNumber(low)} … ${formatNumber(high)}`;
}
