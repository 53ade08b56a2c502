import type { Tag } from '@kubeplant/api-client';
import ShowChart from '@mui/icons-material/ShowChart';
import { Button, useMediaQuery, useTheme } from '@mui/material';
import { DataTable, List, type RaRecord, SearchInput, SelectInput, useListContext, useUnselectAll } from 'react-admin';
import { Link, useNavigate } from 'react-router-dom';
import { devicePath } from '../providers/ids.ts';
import { MAX_PENS } from '../trend/trend-state.ts';
import { Cards } from '../ui/Cards.tsx';
import { useSites } from '../ui/use-sites.ts';
import { LiveQuality, LiveTime, LiveValue } from './LiveCells.tsx';

type Row = Tag & RaRecord;

const qualities = ['Good', 'Uncertain', 'Bad', 'None'].map((id) => ({ id, name: id === 'None' ? 'No value yet' : id }));
const kinds = ['Analog', 'State', 'Counter', 'Text'].map((id) => ({ id, name: id }));

/** Any tag of the plant, by name, description, designation or device, with its live value. */
export function TagList() {
  const { data: sites = [] } = useSites();
  const theme = useTheme();
  const phone = useMediaQuery(theme.breakpoints.down('sm'));
  const filters = [
    <SearchInput key="q" source="q" alwaysOn placeholder="Name, text, designation, device" sx={{ minWidth: { sm: 320 } }} />,
    <SelectInput key="quality" source="quality" alwaysOn choices={qualities} />,
    <SelectInput key="kind" source="kind" choices={kinds} />,
    <SelectInput key="site" source="site" choices={sites.map(({ name, displayName }) => ({ id: name, name: displayName }))} />,
  ];
  return (
    <List filters={filters} sort={{ field: 'device', order: 'ASC' }} perPage={50} exporter={false} empty={false}>
      {phone ? (
        <Cards<Row>
          title={(row) => `${row.device} / ${row.name}`}
          to={(row) => `/trend?pens=${encodeURIComponent(row.path)}`}
          lines={(row) => [<LiveValue key="value" tag={row} unit />, <LiveQuality key="quality" tag={row} />, row.description]}
        />
      ) : (
        <DataTable<Row> rowClick={false} bulkActionButtons={<TrendButton />}>
          <DataTable.Col<Row>
            source="device"
            label="Device"
            render={(row) => <Link to={devicePath(row.namespace, row.device)}>{row.device}</Link>}
          />
          <DataTable.Col<Row> source="name" label="Tag" render={(row) => <b>{row.name}</b>} />
          <DataTable.Col<Row>
            label="Description"
            disableSort
            render={(row) => [row.designation, row.description].filter(Boolean).join(' · ')}
          />
          <DataTable.Col<Row> label="Value" align="right" disableSort render={(row) => <LiveValue tag={row} />} />
          <DataTable.Col<Row> source="unit" label="Unit" render={(row) => row.unit ?? ''} />
          <DataTable.Col<Row> source="status" label="Quality" render={(row) => <LiveQuality tag={row} />} />
          <DataTable.Col<Row> source="time" label="Changed" render={(row) => <LiveTime tag={row} />} />
          <DataTable.Col<Row> label="" disableSort render={(row) => <TrendLink row={row} />} />
        </DataTable>
      )}
    </List>
  );
}

function TrendLink({ row }: { readonly row: Row }) {
  return (
    <Button size="small" component={Link} to={`/trend?pens=${encodeURIComponent(row.path)}`} aria-label={`Trend of ${row.name}`}>
      Trend
    </Button>
  );
}

/** The chosen tags on one trend. */
function TrendButton() {
  const { selectedIds = [], resource } = useListContext();
  const unselectAll = useUnselectAll(resource);
  const navigate = useNavigate();
  const tooMany = selectedIds.length > MAX_PENS;
  return (
    <Button
      size="small"
      startIcon={<ShowChart />}
      disabled={tooMany}
      onClick={() => {
        navigate(`/trend?pens=${encodeURIComponent(selectedIds.join(','))}`);
        unselectAll();
      }}
    >
      {tooMany ? `A trend takes ${MAX_PENS} tags` : 'Show as trend'}
    </Button>
  );
}
