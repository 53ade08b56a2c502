import { lazy, Suspense, useMemo } from 'react';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { BrowserRouter, Route } from 'react-router-dom';
import { AlarmsPage } from '../alarms/index.ts';
import { devices } from '../devices/index.ts';
import { ExportsPage } from '../exports/index.ts';
import { findings } from '../findings/index.ts';
import { JournalPage } from '../journal/index.ts';
import { OverviewPage } from '../overview/index.ts';
import { ProfilePage } from '../profile/ProfilePage.tsx';
import { createAuthProvider } from '../providers/auth-provider.ts';
import { createDataProvider } from '../providers/data-provider.ts';
import { sessions } from '../sessions/index.ts';
import { SitesPage } from '../sites/index.ts';
import { tags } from '../tags/index.ts';
import { LoadingState } from '../ui/Notice.tsx';
import { users } from '../users/index.ts';
import { useDeps } from './DepsContext.tsx';
import { i18nProvider } from './i18n.ts';
import { NoSuchPage } from './NoSuchPage.tsx';
import { PlantLayout } from './PlantLayout.tsx';
import { themeOptions } from './theme.ts';

const TrendPage = lazy(() => import('../trend/TrendPage.tsx'));
const lightTheme = themeOptions('light');
const darkTheme = themeOptions('dark');

/** All pages, for somebody who is signed in. */
export function Console() {
  const { client, session, queryClient, store } = useDeps();
  const dataProvider = useMemo(() => createDataProvider(client), [client]);
  const authProvider = useMemo(() => createAuthProvider(session), [session]);
  return (
    <BrowserRouter>
      <Admin
        title="Kubeplant"
        {...{ dataProvider, authProvider, queryClient, store, i18nProvider, lightTheme, darkTheme }}
        layout={PlantLayout}
        dashboard={OverviewPage}
        loginPage={false}
        catchAll={NoSuchPage}
        disableTelemetry
      >
        <Resource {...devices} />
        <Resource {...tags} />
        <Resource {...findings} />
        <Resource {...users} />
        <Resource {...sessions} />
        <CustomRoutes>
          <Route path="/sites" element={<SitesPage />} />
          <Route path="/alarms" element={<AlarmsPage />} />
          <Route path="/journal" element={<JournalPage />} />
          <Route path="/exports" element={<ExportsPage />} />
          <Route path="/profile" element={<ProfilePage />} />
          <Route
            path="/trend"
            element={
              <Suspense fallback={<LoadingState />}>
                <TrendPage />
              </Suspense>
            }
          />
        </CustomRoutes>
      </Admin>
    </BrowserRouter>
  );
}
