import { Box } from '@mui/material';
import { type ReactNode, useCallback, useState } from 'react';
import { Layout } from 'react-admin';
import { LiveBar } from '../live/LiveBar.tsx';
import { RecordingBar } from '../live/RecordingBar.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { PlantBar } from './PlantBar.tsx';
import { PlantMenu } from './PlantMenu.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** Bar, menu, and above every page the word on whether values are fresh. */
export function PlantLayout({ children }: { readonly children: ReactNode }) {
  const [help, setHelp] = useState(false);
  const showHelp = useCallback(() => setHelp(true), []);
  useShortcuts(showHelp);
  const Bar = useCallback(() => <PlantBar onHelp={showHelp} />, [showHelp]);
  return (
    <Layout
      appBar={Bar}
      menu={PlantMenu}
      appBarAlwaysOn
      sx={{
        minWidth: 0,
        '& .RaLayout-content': { p: 0, minWidth: 0, overflowX: 'clip' },
        '& .RaLayout-contentWithSidebar': { minWidth: 0 },
        '& .list-page, & .show-page, & .edit-page': { px: { xs: 1, sm: 2 } },
      }}
    >
      <Box sx={{ position: 'sticky', top: 0, zIndex: 3 }}>
        <LiveBar />
        <RecordingBar />
      </Box>
      <Box sx={{ minWidth: 0 }}>{children}</Box>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </Layout>
  );
}
