import type { User } from '@kubeplant/api-client';
import PersonAdd from '@mui/icons-material/PersonAddOutlined';
import { Button, Chip, useMediaQuery, useTheme } from '@mui/material';
import { useState } from 'react';
import { DataTable, List, type RaRecord, SearchInput, TopToolbar, useRefresh } from 'react-admin';
import { formatDateTime } from '../format/time.ts';
import { Cards } from '../ui/Cards.tsx';
import { CreateUserDialog } from './CreateUserDialog.tsx';
import { formatGrant } from './format-grant.ts';

type Row = User & RaRecord;

const filters = [<SearchInput key="q" source="q" alwaysOn />];

/** Who may do what. For administrators. */
export function UserList() {
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('sm'));
  const refresh = useRefresh();
  const [creating, setCreating] = useState(false);
  const actions = (
    <TopToolbar>
      <Button startIcon={<PersonAdd />} onClick={() => setCreating(true)}>
        New user
      </Button>
    </TopToolbar>
  );
  return (
    <>
      <List filters={filters} actions={actions} sort={{ field: 'username', order: 'ASC' }} exporter={false} empty={false} title="Users">
        {phone ? (
          <Cards<Row>
            to={(row) => `/users/${row.id}`}
            title={nameOf}
            lines={(row) => [row.grants.map(formatGrant).join(', '), <UserState key="state" row={row} />]}
          />
        ) : (
          <DataTable<Row> rowClick="edit" bulkActionButtons={false}>
            <DataTable.Col<Row> source="username" label="User" render={(row) => <b>{nameOf(row)}</b>} />
            <DataTable.Col<Row> label="Roles" disableSort render={(row) => row.grants.map(formatGrant).join(', ') || 'none'} />
            <DataTable.Col<Row> label="State" disableSort render={(row) => <UserState row={row} />} />
            <DataTable.Col<Row>
              source="lastLoginAt"
              label="Last sign-in"
              render={(row) => (row.lastLoginAt === undefined ? 'never' : formatDateTime(Date.parse(row.lastLoginAt), browserZone()))}
            />
          </DataTable>
        )}
      </List>
      {creating && (
        <CreateUserDialog
          onClose={() => {
            setCreating(false);
            refresh();
          }}
        />
      )}
    </>
  );
}

const browserZone = (): string => Intl.DateTimeFormat('en-GB').resolvedOptions().timeZone;
const nameOf = (row: Row): string => (row.displayName === '' ? row.username : `${row.displayName} (${row.username})`);

function UserState({ row }: { readonly row: Row }) {
  if (row.disabled) return <Chip size="small" variant="outlined" label="Disabled" />;
  return <>{row.mustChangePassword ? 'Active, has a generated password' : 'Active'}</>;
}
