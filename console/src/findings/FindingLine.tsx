import type { Finding } from '@kubeplant/api-client';
import ErrorIcon from '@mui/icons-material/Error';
import WarningAmber from '@mui/icons-material/WarningAmber';
import { Box, Typography } from '@mui/material';
import { useTokens } from '../app/theme.ts';
import { formatReason } from '../format/reason.ts';

/** Severity, reason, and the message with its field. */
export function FindingLine({ finding }: { readonly finding: Finding }) {
  const tokens = useTokens();
  const error = finding.severity === 'Error';
  return (
    <Box sx={{ display: 'flex', gap: 1, py: 0.6, color: error ? tokens.bad : tokens.uncertain }}>
      {error ? <ErrorIcon fontSize="small" /> : <WarningAmber fontSize="small" />}
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        <b>
          {finding.severity}: {formatReason(finding.reason)}
        </b>
        <Box component="span" sx={{ color: 'text.primary' }}>
          {finding.field === '' ? '' : ` – ${finding.field}`}: {finding.message}
        </Box>
      </Typography>
    </Box>
  );
}
