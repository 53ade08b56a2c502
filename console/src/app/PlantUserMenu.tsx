import Devices from '@mui/icons-material/DevicesOutlined';
import Key from '@mui/icons-material/KeyOutlined';
import { ListItemIcon, ListItemText, MenuItem } from '@mui/material';
import { Logout, UserMenu, useUserMenu } from 'react-admin';
import { Link } from 'react-router-dom';

/** Password, sessions, sign out. */
export function PlantUserMenu() {
  return (
    <UserMenu>
      <UserLink to="/profile" label="Profile and password" icon={<Key fontSize="small" />} />
      <UserLink to="/sessions" label="Sessions" icon={<Devices fontSize="small" />} />
      <Logout />
    </UserMenu>
  );
}

function UserLink({ to, label, icon }: { readonly to: string; readonly label: string; readonly icon: React.ReactNode }) {
  const menu = useUserMenu();
  return (
    <MenuItem component={Link} to={to} onClick={() => menu?.onClose()}>
      <ListItemIcon>{icon}</ListItemIcon>
      <ListItemText>{label}</ListItemText>
    </MenuItem>
  );
}
