import { Chip, Tooltip } from '@mui/material';

/** Says that nobody was told of it when it happened. */
export function LateMark() {
  return (
    <Tooltip title="Found in readings that came late: nobody was told when it happened">
      <Chip size="small" variant="outlined" label="Late" sx={{ ml: 0.8, height: 20 }} />
    </Tooltip>
  );
}
