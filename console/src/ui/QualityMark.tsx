import { severityOf, statusText } from '@kubeplant/words';
import ErrorIcon from '@mui/icons-material/Error';
import WarningAmberIcon from '@mui/icons-material/WarningAmber';
import { Box } from '@mui/material';
import { useTokens } from '../app/theme.ts';
import { formatReason } from '../format/reason.ts';

/** Quality of a value: quiet when Good, sign and words when not. */
export function QualityMark({ status }: { readonly status: number | undefined }) {
  const tokens = useTokens();
  if (status === undefined)
    return (
      <Box component="span" sx={{ color: tokens.muted }}>
        No value yet
      </Box>
    );
  const severity = severityOf(status);
  if (severity === 'Good')
    return (
      <Box component="span" sx={{ color: tokens.muted }}>
        {formatReason(statusText(status))}
      </Box>
    );
  return (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 0.5,
        fontWeight: 600,
        color: severity === 'Bad' ? tokens.bad : tokens.uncertain,
      }}
    >
      {severity === 'Bad' ? <ErrorIcon fontSize="inherit" /> : <WarningAmberIcon fontSize="inherit" />}
      {formatReason(statusText(status))}
    </Box>
  );
}
