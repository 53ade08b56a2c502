import { ApiError } from '@kubeplant/api-client';
import { Alert, AlertTitle, Box, Button, CircularProgress, Typography } from '@mui/material';
import type { ReactNode } from 'react';

/** Nothing to show, and what to do about it. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Box sx={{ py: 5, px: 2, textAlign: 'center', color: 'text.secondary' }}>
      <Typography variant="h2" sx={{ mb: 1, color: 'text.primary' }}>
        {title}
      </Typography>
      <Box sx={{ maxWidth: 560, mx: 'auto' }}>{children}</Box>
    </Box>
  );
}

/** A request failed: what the api said, and another try. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const title = error instanceof ApiError ? error.problem.title : 'Something went wrong';
  return (
    <Alert
      severity="error"
      sx={{ my: 1 }}
      action={
        onRetry && (
          <Button color="inherit" size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <AlertTitle>{title}</AlertTitle>
      {error instanceof Error ? error.message : String(error)}
    </Alert>
  );
}

/** Something is on its way. */
export function LoadingState() {
  return (
    <Box sx={{ display: 'grid', placeItems: 'center', py: 6 }} role="status" aria-label="Loading">
      <CircularProgress size={28} />
    </Box>
  );
}
