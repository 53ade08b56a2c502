import { Button, Typography } from '@mui/material';
import { useDeps } from '../app/DepsContext.tsx';
import { FrontCard } from './FrontCard.tsx';

/** The api did not answer when the page was opened. */
export function UnreachablePage({ reason }: { readonly reason: string }) {
  const { session } = useDeps();
  return (
    <FrontCard title="The plant does not answer">
      <Typography sx={{ mb: 2 }}>{reason}</Typography>
      <Button variant="contained" fullWidth onClick={() => void session.restore()}>
        Try again
      </Button>
    </FrontCard>
  );
}
