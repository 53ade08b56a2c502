import type { Overview } from '@kubeplant/api-client';
import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorIcon from '@mui/icons-material/Error';
import NotificationsActive from '@mui/icons-material/NotificationsActive';
import WarningAmber from '@mui/icons-material/WarningAmber';
import { Box } from '@mui/material';
import type { ReactElement } from 'react';
import { useTokens } from '../app/theme.ts';

type State = Exclude<Overview['state'], 'Empty'>;

const WORDS: Readonly<Record<State, string>> = {
  Normal: 'All normal',
  Attention: 'Needs attention',
  Alarm: 'Alarms wait for acknowledgement',
  NotRecording: 'Not recording: what is shown now is not in the history yet',
};
const ICONS: Readonly<Record<State, ReactElement>> = {
  Normal: <CheckCircleOutlined />,
  Attention: <WarningAmber />,
  Alarm: <NotificationsActive />,
  NotRecording: <ErrorIcon />,
};

/** The state of the plant in one line. */
export function PlantState({ state }: { readonly state: State | 'Empty' }) {
  const tokens = useTokens();
  if (state === 'Empty') return <>Overview</>;
  const colours: Readonly<Record<State, string>> = {
    Normal: tokens.text,
    Attention: tokens.uncertain,
    Alarm: tokens.priority.High,
    NotRecording: tokens.bad,
  };
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center', color: colours[state] }}>
      {ICONS[state]}
      {WORDS[state]}
    </Box>
  );
}
