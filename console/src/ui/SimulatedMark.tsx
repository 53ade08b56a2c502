import ScienceOutlined from '@mui/icons-material/ScienceOutlined';
import { Box, Chip, Tooltip } from '@mui/material';
import { useTokens } from '../app/theme.ts';

/** Says that values are not from the field. */
export function SimulatedMark({ onBar = false }: { readonly onBar?: boolean }) {
  const tokens = useTokens();
  const colour = onBar ? '#8fd6cc' : tokens.simulated;
  return (
    <Tooltip title="Values come from a simulation, not from the field">
      <Chip
        size="small"
        variant="outlined"
        icon={<ScienceOutlined fontSize="small" />}
        aria-label="Simulated"
        label={
          onBar ? (
            <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>
              Simulated
            </Box>
          ) : (
            'Simulated'
          )
        }
        sx={{
          color: colour,
          borderColor: colour,
          borderStyle: 'dashed',
          fontWeight: 600,
          '& .MuiChip-icon': { color: colour },
          ...(onBar ? { '& .MuiChip-label': { px: { xs: 0.4, sm: 1 } } } : {}),
        }}
      />
    </Tooltip>
  );
}
