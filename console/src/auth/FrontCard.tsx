import { Box, Paper, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Logo } from '../app/Logo.tsx';

/** Card in the middle of an otherwise empty page. */
export function FrontCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box component="main" sx={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Paper sx={{ width: '100%', maxWidth: 400, p: 3.5 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.2, mb: 2.5 }}>
          <Logo size={34} />
          <Typography sx={{ fontWeight: 700, fontSize: '1.15rem' }}>Kubeplant</Typography>
        </Box>
        <Typography variant="h1" sx={{ mb: 2 }}>
          {title}
        </Typography>
        {children}
      </Paper>
    </Box>
  );
}
