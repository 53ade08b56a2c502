import type { JournalEntry } from '@kubeplant/api-client';
import DownloadIcon from '@mui/icons-material/Download';
import LinkIcon from '@mui/icons-material/Link';
import { Box, Button, Paper, Typography, useMediaQuery } from '@mui/material';
import { useState } from 'react';
import { useNotify } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { ExportDialog } from '../exports/ExportDialog.tsx';
import { formatDateTime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLiveState } from '../live/use-live.ts';
import { EmptyState } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { PriorityMark } from '../ui/PriorityMark.tsx';
import { SimulatedMark } from '../ui/SimulatedMark.tsx';
import { TimeText } from '../ui/TimeText.tsx';
import { useSites, useTimeZone } from '../ui/use-sites.ts';
import { COMPARISONS, offsetOf } from './compare.ts';
import { TagPicker } from './TagPicker.tsx';
import { TrendChart } from './TrendChart.tsx';
import { TrendLegend } from './TrendLegend.tsx';
import { TrendToolbar } from './TrendToolbar.tsx';
import { formatTrendState, MAX_PENS, type Pen, parseTrendState, toFixedSpan, type TrendState, toWindow } from './trend-state.ts';
import { usePenAlarms } from './use-pen-alarms.ts';
import { usePens } from './use-pens.ts';

/** Up to eight tags over time, live or past. Everything is in the address. */
export default function TrendPage() {
  const [params, setParams] = useSearchParams();
  const { pens, span, compare } = parseTrendState(params);
  const nowMs = useNow();
  const live = useLiveState();
  const touch = useMediaQuery('(pointer: coarse)');
  const freshMs = live.kind === 'lost' || live.kind === 'stopped' ? Math.min(nowMs, live.sinceMs) : nowMs;
  const drawn = usePens(pens, span, { nowMs, freshMs, offsetMs: 0 });
  const alarms = usePenAlarms(pens, span);
  const [cursorMs, setCursorMs] = useState<number>();
  const { data: sites = [] } = useSites();
  const zoneOf = useTimeZone();
  const [first] = drawn;
  const timeZone = first?.tag === undefined ? (sites[0]?.timezone ?? 'UTC') : zoneOf(first.tag);
  const window = toWindow(span, nowMs);
  const offsetMs = compare === undefined ? 0 : offsetOf(compare, window.fromMs, timeZone);
  const formers = usePens(compare === undefined ? [] : pens, span, { nowMs, freshMs, offsetMs });
  const setState = (next: Partial<TrendState>, replace = false): void =>
    setParams(formatTrendState({ pens, span, compare, ...next }), { replace });
  const atMs = cursorMs ?? Math.min(window.toMs, freshMs);
  return (
    <Page title="Trend" actions={<TrendActions pens={pens} window={window} timeZone={timeZone} />}>
      <TrendToolbar
        {...{ span, compare, window, timeZone }}
        onSpan={(next) => setState({ span: next })}
        onCompare={(next) => setState({ compare: next }, true)}
      />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, mb: 1, alignItems: 'center' }}>
        <TagPicker
          taken={pens.map(({ path }) => path)}
          disabled={pens.length >= MAX_PENS}
          onPick={(path) => setState({ pens: [...pens, { path, axis: 'left' }] })}
        />
        {drawn.some(({ tag }) => tag?.origin === 'Simulated') && <SimulatedMark />}
        <Typography variant="body2" color="textSecondary">
          {span.kind === 'live' ? 'Follows the present' : 'Stands still'}.{' '}
          {touch ? 'Move it with one finger, zoom with two.' : 'Drag to zoom, shift and drag or wheel to move.'}
        </Typography>
      </Box>
      <Paper sx={{ p: 1, mb: 1.5, minWidth: 0 }}>
        {pens.length === 0 ? (
          <EmptyState title="No tag chosen yet">Search for a tag above, or come here by the trend sign beside any value.</EmptyState>
        ) : (
          <TrendChart
            pens={[...drawn, ...formers]}
            alarms={alarms}
            window={window}
            timeZone={timeZone}
            onCursor={setCursorMs}
            onSpan={(fromMs, toMs) => setState({ span: toFixedSpan(fromMs, toMs, Date.now()) }, span.kind === 'fixed')}
          />
        )}
      </Paper>
      {pens.length > 0 && (
        <Paper sx={{ mb: 1.5, overflow: 'hidden' }}>
          <TrendLegend
            pens={drawn}
            formers={formers}
            formerText={compare === undefined ? '' : COMPARISONS[compare]}
            atMs={atMs}
            atText={cursorMs === undefined ? 'Latest' : formatDateTime(cursorMs, timeZone)}
            onAxis={(path, axis) => setState({ pens: pens.map((pen) => (pen.path === path ? { path, axis } : pen)) }, true)}
            onRemove={(path) => setState({ pens: pens.filter((pen) => pen.path !== path) })}
          />
        </Paper>
      )}
      {alarms.length > 0 && <PenAlarms alarms={alarms} />}
    </Page>
  );
}

function TrendActions({
  pens,
  window,
  timeZone,
}: {
  readonly pens: readonly Pen[];
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly timeZone: string;
}) {
  const notify = useNotify();
  const [exporting, setExporting] = useState(false);
  const share = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href);
    notify('The link to this trend is copied.');
  };
  return (
    <>
      {globalThis.isSecureContext && (
        <Button startIcon={<LinkIcon />} onClick={() => void share()}>
          Copy link
        </Button>
      )}
      <Button startIcon={<DownloadIcon />} disabled={pens.length === 0} onClick={() => setExporting(true)}>
        Export
      </Button>
      {exporting && (
        <ExportDialog paths={pens.map(({ path }) => path)} window={window} timeZone={timeZone} onClose={() => setExporting(false)} />
      )}
    </>
  );
}

function PenAlarms({ alarms }: { readonly alarms: readonly JournalEntry[] }) {
  return (
    <Paper sx={{ p: 1.5 }}>
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        Alarms of these tags in this span
      </Typography>
      {alarms.slice(0, 20).map((alarm) => (
        <Box key={alarm.id} sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, py: 0.4 }}>
          <TimeText time={alarm.time} place={alarm} />
          <PriorityMark priority={alarm.priority} />
          <span>{alarm.message}</span>
        </Box>
      ))}
      {alarms.length > 20 && <Typography variant="body2">and {alarms.length - 20} more in the alarm journal</Typography>}
    </Paper>
  );
}
