import type { Alarm } from '@kubeplant/api-client';
import CheckIcon from '@mui/icons-material/Check';
import LockOutlined from '@mui/icons-material/LockOutlined';
import NotificationsActive from '@mui/icons-material/NotificationsActive';
import PauseIcon from '@mui/icons-material/Pause';
import UndoIcon from '@mui/icons-material/Undo';
import { Box, keyframes } from '@mui/material';
import type { ReactElement } from 'react';
import { useTokens } from '../app/theme.ts';
import { STATE_WORDS } from '../app/tokens.ts';
import { isUnacknowledged } from './urgency.ts';

const breathe = keyframes`50% { opacity: 0.35; }`;
const ICONS: Readonly<Record<Alarm['state'], ReactElement>> = {
  NORM: <CheckIcon fontSize="small" />,
  UNACK: <NotificationsActive fontSize="small" />,
  ACKED: <CheckIcon fontSize="small" />,
  RTNUN: <UndoIcon fontSize="small" />,
  LUNACK: <LockOutlined fontSize="small" />,
  LACKED: <LockOutlined fontSize="small" />,
  SHLVD: <PauseIcon fontSize="small" />,
  DSUPR: <PauseIcon fontSize="small" />,
  OOSRV: <PauseIcon fontSize="small" />,
};

/** The state as sign and words. Only the sign of an active, unacknowledged alarm breathes, slowly, and not where motion is unwanted. */
export function AlarmStateMark({ alarm }: { readonly alarm: Pick<Alarm, 'state' | 'priority'> }) {
  const tokens = useTokens();
  const colour = isUnacknowledged(alarm) ? tokens.priority[alarm.priority] : tokens.muted;
  const animation =
    alarm.state === 'UNACK'
      ? { '@media (prefers-reduced-motion: no-preference)': { animation: `${breathe} 2s ease-in-out infinite` } }
      : {};
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.6 }}>
      <Box component="span" sx={{ display: 'inline-flex', color: colour, ...animation }}>
        {ICONS[alarm.state]}
      </Box>
      {STATE_WORDS[alarm.state]}
    </Box>
  );
}
