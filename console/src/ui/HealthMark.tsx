import type { Device } from '@kubeplant/api-client';
import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorIcon from '@mui/icons-material/Error';
import FunctionsIcon from '@mui/icons-material/Functions';
import HelpOutlineIcon from '@mui/icons-material/HelpOutlined';
import PauseCircleOutlineIcon from '@mui/icons-material/PauseCircleOutlined';
import WarningAmberIcon from '@mui/icons-material/WarningAmber';
import { Box, Tooltip } from '@mui/material';
import type { ReactElement } from 'react';
import { useTokens } from '../app/theme.ts';
import { formatReason } from '../format/reason.ts';

/** How a device stands, the worst first. */
export type Health = 'flowing' | 'calculated' | 'disabled' | 'partly' | 'noData' | 'disconnected' | 'unknown';

const WORDS: Readonly<Record<Health, string>> = {
  flowing: 'Data flowing',
  calculated: 'Calculated',
  disabled: 'Disabled',
  partly: 'Some tags bad',
  noData: 'Connected, no data',
  disconnected: 'Not connected',
  unknown: 'Not reported yet',
};

export function healthOf(device: Device): Health {
  if (device.mode === 'Disabled') return 'disabled';
  if (device.protocol === 'Calculated') return device.badTags > 0 ? 'partly' : 'calculated';
  if (device.connected === false) return 'disconnected';
  if (device.dataFlowing === false) return 'noData';
  if (device.connected === null && device.dataFlowing === null) return 'unknown';
  return device.badTags > 0 || device.rejected.length > 0 ? 'partly' : 'flowing';
}

/** Health as sign and words; the reason as a tooltip. Only what is not normal has a colour. */
export function HealthMark({ device, reason = false }: { readonly device: Device; readonly reason?: boolean }) {
  const tokens = useTokens();
  const health = healthOf(device);
  const colours: Readonly<Record<Health, string>> = {
    flowing: tokens.muted,
    calculated: tokens.muted,
    disabled: tokens.muted,
    unknown: tokens.uncertain,
    partly: tokens.uncertain,
    noData: tokens.bad,
    disconnected: tokens.bad,
  };
  const abnormal = !['flowing', 'calculated', 'disabled'].includes(health);
  return (
    <Tooltip title={device.message || WORDS[health]}>
      <Box
        component="span"
        sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.7, color: colours[health], fontWeight: abnormal ? 600 : 400 }}
      >
        {ICONS[health]}
        <span>
          {WORDS[health]}
          {reason && abnormal && device.reason !== '' ? `: ${formatReason(device.reason)}` : ''}
        </span>
      </Box>
    </Tooltip>
  );
}

const ICONS: Readonly<Record<Health, ReactElement>> = {
  flowing: <CheckCircleOutlined fontSize="small" />,
  calculated: <FunctionsIcon fontSize="small" />,
  disabled: <PauseCircleOutlineIcon fontSize="small" />,
  unknown: <HelpOutlineIcon fontSize="small" />,
  partly: <WarningAmberIcon fontSize="small" />,
  noData: <ErrorIcon fontSize="small" />,
  disconnected: <ErrorIcon fontSize="small" />,
};
