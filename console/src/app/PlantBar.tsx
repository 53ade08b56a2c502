import KeyboardOutlined from '@mui/icons-material/KeyboardOutlined';
import { Box, IconButton, Tooltip, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { AppBar, LoadingIndicator, TitlePortal, ToggleThemeButton } from 'react-admin';
import { AlarmSummary } from '../alarms/AlarmSummary.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { useClient } from './DepsContext.tsx';
import { Logo } from './Logo.tsx';
import { PlantUserMenu } from './PlantUserMenu.tsx';

/** The bar on top: where one is, whether it is real, what waits. */
export function PlantBar({ onHelp }: { readonly onHelp: () => void }) {
  const client = useClient();
  const { data } = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => client.overview({}, signal), refetchInterval: 5_000 });
  return (
    <AppBar
      alwaysOn
      userMenu={<PlantUserMenu />}
      toolbar={
        <>
          <Tooltip title="Keyboard shortcuts (?)">
            <IconButton
              color="inherit"
              onClick={onHelp}
              aria-label="Keyboard shortcuts"
              sx={{ display: { xs: 'none', md: 'inline-flex' } }}
            >
              <KeyboardOutlined />
            </IconButton>
          </Tooltip>
          <Box sx={{ display: { xs: 'none', sm: 'block' } }}>
            <ToggleThemeButton />
          </Box>
          <LoadingIndicator sx={{ display: { xs: 'none', sm: 'inline-flex' } }} />
        </>
      }
    >
      <Box sx={{ display: { xs: 'none', sm: 'flex' }, alignItems: 'center', gap: 1, mr: 1.5 }}>
        <Logo size={26} />
        <Typography component="span" sx={{ fontWeight: 700 }}>
          Kubeplant
        </Typography>
      </Box>
      <TitlePortal sx={{ fontSize: '1rem', opacity: 0.85 }} />
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', mr: 0.5 }}>
        <AlarmSummary />
        {data?.simulated === true && <SimulatedMark onBar />}
      </Box>
    </AppBar>
  );
}
