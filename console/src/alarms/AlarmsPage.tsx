import { Alert, Box, Button, Paper, Typography } from '@mui/material';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useIsOld, useStandingAlarms } from '../live/use-live.ts';
import { EmptyState, LoadingState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { AcknowledgeDialog } from './AcknowledgeDialog.tsx';
import { AlarmDrawer } from './AlarmDrawer.tsx';
import { AlarmFilters } from './AlarmFilters.tsx';
import { AlarmTable } from './AlarmTable.tsx';
import { filterAlarms, parseAlarmFilter } from './alarm-filter.ts';
import { isUnacknowledged } from './urgency.ts';

const NONE: ReadonlySet<string> = new Set();

/** The alarm list: updates by itself, in control-room order; one or many are acknowledged with a comment. */
export function AlarmsPage() {
  const { loaded, alarms } = useStandingAlarms();
  const [params, setParams] = useSearchParams();
  const [selected, setSelected] = useState(NONE);
  const [acknowledging, setAcknowledging] = useState<readonly string[]>();
  const filter = parseAlarmFilter(params);
  const shown = filterAlarms(alarms, filter);
  const waiting = alarms.filter(isUnacknowledged);
  const chosen = waiting.filter((alarm) => selected.has(alarm.id));
  const setParam = (name: string, value: string): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: name !== 'alarm' },
    );
  const opened = params.get('alarm') ?? '';
  return (
    <Page
      title="Alarms"
      heading={
        <>
          Alarms{' '}
          <Typography component="span" color="textSecondary">
            {loaded ? `${shown.length} shown, ${waiting.length} unacknowledged` : ''}
          </Typography>
        </>
      }
      actions={
        <Button variant="contained" disabled={chosen.length === 0} onClick={() => setAcknowledging(chosen.map(({ id }) => id))}>
          {chosen.length > 1 ? `Acknowledge ${chosen.length}` : 'Acknowledge selected'}
        </Button>
      }
    >
      <AlarmFilters filter={filter} onChange={setParam} />
      {useIsOld() && (
        <Alert severity="warning" sx={{ mb: 1 }}>
          This list does not update now. Alarms may have come or gone.
        </Alert>
      )}
      <Paper sx={{ overflow: 'hidden' }}>
        {!loaded && <LoadingState />}
        {loaded && shown.length === 0 && (
          <EmptyState title={alarms.length === 0 ? 'No alarm stands' : 'No alarm passes this filter'}>
            {alarms.length === 0 ? 'What was is in the alarm journal.' : `${alarms.length} stand in all.`}
          </EmptyState>
        )}
        {shown.length > 0 && (
          <AlarmTable
            alarms={shown}
            selected={selected}
            onSelect={setSelected}
            onOpen={(id) => setParam('alarm', id)}
            onAcknowledge={(id) => setAcknowledging([id])}
          />
        )}
      </Paper>
      <Box aria-live="polite" className="visually-hidden">
        {loaded ? `${waiting.length} alarms unacknowledged` : ''}
      </Box>
      {acknowledging !== undefined && (
        <AcknowledgeDialog
          ids={acknowledging}
          onClose={() => {
            setAcknowledging(undefined);
            setSelected(NONE);
          }}
        />
      )}
      <AlarmDrawer id={opened} onClose={() => setParam('alarm', '')} onAcknowledge={(id) => setAcknowledging([id])} />
    </Page>
  );
}
