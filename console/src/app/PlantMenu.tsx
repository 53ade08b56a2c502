import { Badge } from '@mui/material';
import { Menu, usePermissions } from 'react-admin';
import { isHidden, isUnacknowledged } from '../alarms/urgency.ts';
import { useStandingAlarms } from '../live/use-live.ts';
import { PAGES } from './pages.ts';

/** The menu; alarms show how many wait for somebody. */
export function PlantMenu() {
  const { permissions = [] } = usePermissions<string[]>();
  const waiting = useStandingAlarms().alarms.filter((alarm) => isUnacknowledged(alarm) && !isHidden(alarm)).length;
  return (
    <Menu>
      {PAGES.filter((page) => page.admin !== true || permissions.includes('user.administer')).map(({ path, label, icon: Icon }) => (
        <Menu.Item
          key={path}
          to={path}
          primaryText={path === '/alarms' && waiting > 0 ? `${label} (${waiting})` : label}
          leftIcon={
            path === '/alarms' ? (
              <Badge variant="dot" color="error" invisible={waiting === 0}>
                <Icon />
              </Badge>
            ) : (
              <Icon />
            )
          }
        />
      ))}
    </Menu>
  );
}
