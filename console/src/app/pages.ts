import AccountTree from '@mui/icons-material/AccountTreeOutlined';
import Dashboard from '@mui/icons-material/DashboardOutlined';
import Devices from '@mui/icons-material/DeveloperBoardOutlined';
import Download from '@mui/icons-material/DownloadOutlined';
import History from '@mui/icons-material/HistoryOutlined';
import Label from '@mui/icons-material/LabelOutlined';
import NotificationsActive from '@mui/icons-material/NotificationsActiveOutlined';
import People from '@mui/icons-material/PeopleOutlined';
import Rule from '@mui/icons-material/RuleOutlined';
import ShowChart from '@mui/icons-material/ShowChartOutlined';
import type { ComponentType } from 'react';

/** A page of the menu. `key` after `g` goes there. */
export interface MenuPage {
  readonly path: string;
  readonly label: string;
  readonly key: string;
  readonly icon: ComponentType;
  readonly admin?: boolean;
}

export const PAGES: readonly MenuPage[] = [
  { path: '/', label: 'Overview', key: 'o', icon: Dashboard },
  { path: '/alarms', label: 'Alarms', key: 'a', icon: NotificationsActive },
  { path: '/sites', label: 'Sites', key: 's', icon: AccountTree },
  { path: '/devices', label: 'Devices', key: 'd', icon: Devices },
  { path: '/tags', label: 'Tags', key: 'k', icon: Label },
  { path: '/trend', label: 'Trend', key: 't', icon: ShowChart },
  { path: '/journal', label: 'Alarm journal', key: 'j', icon: History },
  { path: '/exports', label: 'Exports', key: 'e', icon: Download },
  { path: '/findings', label: 'Findings', key: 'f', icon: Rule },
  { path: '/users', label: 'Users', key: 'u', icon: People, admin: true },
];
