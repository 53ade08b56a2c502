import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Title } from 'react-admin';

/** What every page of our own begins with. */
export interface PageProps {
  readonly title: string;
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Page with a heading and what can be done on it. */
export function Page({ title, heading, actions, children }: PageProps) {
  return (
    <Box sx={{ py: 2, px: { xs: 1, sm: 2 }, minWidth: 0 }}>
      <Title title={title} />
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1.2, mb: 1.5 }}>
        <Typography variant="h1" component="h1" sx={{ mr: 'auto' }}>
          {heading ?? title}
        </Typography>
        {actions}
      </Box>
      {children}
    </Box>
  );
}
