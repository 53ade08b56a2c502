import { Box } from '@mui/material';
import type { ReactNode } from 'react';
import { useTokens } from '../app/theme.ts';

/** A line over every page about the plant as a whole. */
export function StatusBar({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  const tokens = useTokens();
  return (
    <Box
      role="alert"
      sx={{
        display: 'flex',
        gap: 1,
        alignItems: 'center',
        px: 2,
        py: 0.8,
        color: tokens.onPriority,
        backgroundColor: tokens.bad,
        fontWeight: 600,
      }}
    >
      {icon}
      <span>{children}</span>
    </Box>
  );
}
