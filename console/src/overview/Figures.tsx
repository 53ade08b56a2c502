import type { Overview } from '@kubeplant/api-client';
import { Box, Paper, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { useTokens } from '../app/theme.ts';

/** The figures on top, each leading to its page. */
export function Figures({ overview }: { readonly overview: Overview }) {
  const { devices, findings } = overview;
  const flowing = devices.total - devices.notFlowing;
  const figures = [
    { label: 'Values per second', value: formatRate(overview.valuesPerSecond), note: `${overview.tags} tags`, to: '/tags' },
    {
      label: 'Devices in order',
      value: `${flowing} of ${devices.total}`,
      note: devices.notFlowing === 0 ? 'all data flowing' : `${devices.notFlowing} not flowing`,
      to: '/devices',
      abnormal: devices.notFlowing > 0,
    },
    {
      label: 'Sites recording',
      value: `${overview.sites.recording} of ${overview.sites.total}`,
      note: 'history is stored',
      to: '/sites',
      abnormal: overview.sites.recording < overview.sites.total,
    },
    {
      label: 'Findings',
      value: String(findings.errors + findings.warnings),
      note: findings.errors > 0 ? `${findings.errors} errors` : findings.warnings > 0 ? 'warnings only' : 'nothing to correct',
      to: '/findings',
      abnormal: findings.errors > 0,
    },
  ];
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(4, minmax(0, 1fr))' } }}>
      {figures.map((figure) => (
        <Figure key={figure.label} {...figure} />
      ))}
    </Box>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly to: string;
  readonly abnormal?: boolean;
}

function Figure({ label, value, note, to, abnormal = false }: FigureProps) {
  const tokens = useTokens();
  return (
    <Paper
      component={Link}
      to={to}
      sx={{ p: 1.6, textDecoration: 'none', color: 'inherit', borderLeft: abnormal ? `4px solid ${tokens.bad}` : undefined }}
    >
      <Typography variant="body2" color="textSecondary">
        {label}
      </Typography>
      <Typography sx={{ fontSize: '1.5rem', fontWeight: 600, lineHeight: 1.4 }}>{value}</Typography>
      <Typography variant="body2" sx={{ color: abnormal ? tokens.bad : 'text.secondary', fontWeight: abnormal ? 600 : 400 }}>
        {note}
      </Typography>
    </Paper>
  );
}

const formatRate = (rate: number): string => (rate >= 100 ? String(Math.round(rate)) : rate.toFixed(1));
