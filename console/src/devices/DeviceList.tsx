import type { Device } from '@kubeplant/api-client';
import { useMediaQuery, useTheme } from '@mui/material';
import { BooleanInput, DataTable, List, type RaRecord, SearchInput, SelectInput } from 'react-admin';
import { Cards } from '../ui/Cards.tsx';
import { EmptyState } from '../ui/Notice.tsx';
import { HealthMark } from '../ui/HealthMark.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { useSites } from '../ui/use-sites.ts';

type Row = Device & RaRecord;

/** All devices, by what they need. */
export function DeviceList() {
  const { data: sites = [] } = useSites();
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('sm'));
  const filters = [
    <SearchInput key="q" source="q" alwaysOn placeholder="Name, text, designation" />,
    <SelectInput
      key="site"
      source="site"
      alwaysOn={sites.length > 1}
      choices={sites.map(({ name, displayName }) => ({ id: name, name: displayName }))}
    />,
    <BooleanInput key="dataFlowing" source="dataFlowing" label="Data flowing" />,
    <BooleanInput key="connected" source="connected" label="Connected" />,
    <SelectInput key="protocol" source="protocol" choices={['ModbusTcp', 'Calculated'].map((id) => ({ id, name: id }))} />,
  ];
  return (
    <List
      filters={filters}
      sort={{ field: 'name', order: 'ASC' }}
      perPage={50}
      exporter={false}
      queryOptions={{ refetchInterval: 5_000 }}
      empty={
        <EmptyState title="No device yet">
          Apply a <code>Device</code> to see it here, for example one of <code>examples/first-plant</code>.
        </EmptyState>
      }
    >
      {phone ? <Cards<Row> to={(row) => `/devices/${row.id}/show`} title={titleOf} lines={cardLines} /> : <Table />}
    </List>
  );
}

function Table() {
  return (
    <DataTable<Row> rowClick="show" bulkActionButtons={false} sx={{ '& .RaDataTable-row': { cursor: 'pointer' } }}>
      <DataTable.Col<Row> source="name" label="Device" render={(row) => <DeviceName row={row} />} />
      <DataTable.Col<Row> source="dataFlowing" label="State" render={(row) => <HealthMark device={row} reason />} />
      <DataTable.Col<Row> source="site" label="Site" />
      <DataTable.Col<Row> source="area" label="Area" render={(row) => row.area ?? '–'} />
      <DataTable.Col<Row> source="protocol" label="Protocol" />
      <DataTable.NumberCol<Row> source="tags" label="Tags" disableSort />
      <DataTable.NumberCol<Row> source="badTags" label="Bad" />
      <DataTable.Col<Row> source="ready" label="Applied" render={(row) => (row.ready ? 'Yes' : 'No')} />
      <DataTable.Col<Row> label="" disableSort render={(row) => (row.simulated ? <SimulatedMark /> : null)} />
    </DataTable>
  );
}

function DeviceName({ row }: { readonly row: Row }) {
  return (
    <>
      <b>{titleOf(row)}</b>
      <br />
      <span style={{ opacity: 0.75 }}>{[row.name, row.designation].filter(Boolean).join(' · ')}</span>
    </>
  );
}

const titleOf = (row: Row): string => row.displayName ?? row.name;

const cardLines = (row: Row) => [
  <HealthMark key="health" device={row} reason />,
  [row.site, row.area, row.protocol].filter(Boolean).join(' · '),
  `${row.tags} tags${row.badTags > 0 ? `, ${row.badTags} bad` : ''}${row.simulated ? ' · simulated' : ''}`,
];
