import type { Session } from '@kubeplant/api-client';
import { Button, Chip, useMediaQuery, useTheme } from '@mui/material';
import { DataTable, List, type RaRecord, SelectInput, useDelete, useNotify, usePermissions, useRefresh } from 'react-admin';
import { formatDateTime } from '../format/time.ts';
import { Cards } from '../ui/Cards.tsx';
import { describeAgent } from './describe-agent.ts';

type Row = Session & RaRecord;

/** Where one is signed in; an administrator sees everybody. A session can be ended. */
export function SessionList() {
  const { permissions = [] } = usePermissions<string[]>();
  const admin = permissions.includes('user.administer');
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('sm'));
  const filters = admin
    ? [
        <SelectInput
          key="username"
          source="username"
          label="Whose"
          alwaysOn
          choices={[{ id: '*', name: 'Everybody' }]}
          emptyText="My own"
        />,
      ]
    : [];
  return (
    <List filters={filters} sort={{ field: 'lastUsedAt', order: 'DESC' }} exporter={false} empty={false} title="Sessions">
      {phone ? (
        <Cards<Row>
          title={(row) => row.username}
          lines={(row) => [
            describeAgent(row.userAgent),
            row.address,
            `last used ${localTime(row.lastUsedAt)}`,
            <End key="end" row={row} />,
          ]}
        />
      ) : (
        <DataTable<Row> rowClick={false} bulkActionButtons={false}>
          <DataTable.Col<Row> source="username" label="User" />
          <DataTable.Col<Row>
            label="Browser"
            disableSort
            render={(row) => <span title={row.userAgent}>{describeAgent(row.userAgent)}</span>}
          />
          <DataTable.Col<Row> source="address" label="Address" disableSort />
          <DataTable.Col<Row> source="createdAt" label="Signed in" render={(row) => localTime(row.createdAt)} />
          <DataTable.Col<Row> source="lastUsedAt" label="Last used" render={(row) => localTime(row.lastUsedAt)} />
          <DataTable.Col<Row> label="" disableSort render={(row) => <End row={row} />} />
        </DataTable>
      )}
    </List>
  );
}

/** Sessions belong to no site: their times are those of this browser. */
const localTime = (time: string): string => formatDateTime(Date.parse(time), Intl.DateTimeFormat('en-GB').resolvedOptions().timeZone);

function End({ row }: { readonly row: Row }) {
  const [remove, { isPending }] = useDelete();
  const notify = useNotify();
  const refresh = useRefresh();
  if (row.current) return <Chip size="small" label="This one" />;
  const end = (): void => {
    void remove(
      'sessions',
      { id: row.id, previousData: row },
      {
        onSuccess: () => {
          notify('The session has ended.');
          refresh();
        },
        onError: (error) => notify(error instanceof Error ? error.message : String(error), { type: 'error' }),
      },
    );
  };
  return (
    <Button size="small" disabled={isPending} onClick={end}>
      End it
    </Button>
  );
}
