import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import ZoomIn from '@mui/icons-material/ZoomIn';
import ZoomOut from '@mui/icons-material/ZoomOut';
import { Box, Button, IconButton, MenuItem, TextField, ToggleButton, ToggleButtonGroup, Tooltip } from '@mui/material';
import { type FormEvent, type ReactElement, useEffect, useState } from 'react';
import { parseLocalTime, toFieldValue, toLocalTime } from '../format/time.ts';
import { COMPARISONS, type Comparison, isComparison } from './compare.ts';
import { RANGES, type RangeName, type Span, toFixedSpan } from './trend-state.ts';

/** What the toolbar takes. */
export interface TrendToolbarProps {
  readonly span: Span;
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly timeZone: string;
  readonly onSpan: (span: Span) => void;
  readonly compare: Comparison | undefined;
  readonly onCompare: (compare: Comparison | undefined) => void;
}

/** Ranges that follow the present, steps and zoom for keys and fingers, and a span from–to on the clock of the site. */
export function TrendToolbar({ span, window, timeZone, onSpan, compare, onCompare }: TrendToolbarProps) {
  const { fromMs, toMs } = window;
  const length = toMs - fromMs;
  const fixed = (from: number, to: number) => () => onSpan(toFixedSpan(from, to, Date.now()));
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1 }}>
      <ToggleButtonGroup
        size="small"
        exclusive
        value={span.kind === 'live' ? span.range : null}
        aria-label="Range"
        onChange={(_, range: RangeName | null) => {
          if (range !== null) onSpan({ kind: 'live', range });
        }}
      >
        {(Object.keys(RANGES) as RangeName[]).map((range) => (
          <ToggleButton key={range} value={range} sx={{ px: 1.2 }}>
            {range}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <Box>
        <Step label="Earlier" icon={<ChevronLeft />} onClick={fixed(fromMs - length / 2, toMs - length / 2)} />
        <Step label="Later" icon={<ChevronRight />} onClick={fixed(fromMs + length / 2, toMs + length / 2)} />
        <Step label="Zoom in" icon={<ZoomIn />} onClick={fixed(fromMs + length / 4, toMs - length / 4)} />
        <Step label="Zoom out" icon={<ZoomOut />} onClick={fixed(fromMs - length / 2, toMs + length / 2)} />
      </Box>
      {span.kind === 'fixed' && (
        <Button size="small" variant="outlined" onClick={() => onSpan({ kind: 'live', range: '1h' })}>
          Back to live
        </Button>
      )}
      <TextField
        select
        size="small"
        margin="none"
        label="Compare with"
        value={compare ?? ''}
        sx={{ width: 180 }}
        onChange={({ target }) => onCompare(isComparison(target.value) ? target.value : undefined)}
      >
        <MenuItem value="">nothing</MenuItem>
        {Object.entries(COMPARISONS).map(([name, text]) => (
          <MenuItem key={name} value={name}>
            {text}
          </MenuItem>
        ))}
      </TextField>
      <FromTo
        window={window}
        timeZone={timeZone}
        onSpan={onSpan}
        key={span.kind === 'fixed' ? `${span.fromMs} ${span.toMs}` : span.range}
      />
    </Box>
  );
}

function Step({ label, icon, onClick }: { readonly label: string; readonly icon: ReactElement; readonly onClick: () => void }) {
  return (
    <Tooltip title={label}>
      <IconButton size="small" aria-label={label} onClick={onClick}>
        {icon}
      </IconButton>
    </Tooltip>
  );
}

function FromTo({ window, timeZone, onSpan }: Pick<TrendToolbarProps, 'window' | 'timeZone' | 'onSpan'>) {
  const [from, setFrom] = useState(() => toFieldValue(window.fromMs, timeZone));
  const [to, setTo] = useState(() => toFieldValue(window.toMs, timeZone));
  const [initial] = useState(window);
  useEffect(() => {
    setFrom(toFieldValue(initial.fromMs, timeZone));
    setTo(toFieldValue(initial.toMs, timeZone));
  }, [initial, timeZone]);
  const fromMs = parseLocalTime(from, timeZone);
  const toMs = parseLocalTime(to, timeZone);
  const valid = fromMs !== undefined && toMs !== undefined && fromMs < toMs;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (valid) onSpan(toFixedSpan(fromMs, toMs, Date.now()));
  };
  const field = {
    size: 'small',
    margin: 'none',
    type: 'datetime-local',
    sx: { width: 236 },
    slotProps: { htmlInput: { step: 1 }, inputLabel: { shrink: true } },
  } as const;
  const offset = toLocalTime(window.toMs, timeZone).offset;
  return (
    <Box
      component="form"
      onSubmit={submit}
      sx={{ display: { xs: 'grid', sm: 'flex' }, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', gap: 1, alignItems: 'center' }}
    >
      <TextField {...field} label={`From (${offset})`} value={from} onChange={(event) => setFrom(event.target.value)} />
      <TextField {...field} label={`To (${offset})`} value={to} onChange={(event) => setTo(event.target.value)} error={!valid} />
      <Button size="small" type="submit" disabled={!valid}>
        Show
      </Button>
    </Box>
  );
}
