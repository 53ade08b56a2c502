import { Box } from '@mui/material';
import type { Priority } from '@kubeplant/words';
import { useTokens } from '../app/theme.ts';

const SHAPES: Readonly<Record<Priority, { readonly path: string; readonly sign: string }>> = {
  Critical: { path: 'M2 2h16v16H2z', sign: '1' },
  High: { path: 'M10 1 19 18H1z', sign: '2' },
  Medium: { path: 'M10 19 1 2h18z', sign: '3' },
  Low: { path: 'M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z', sign: '4' },
  Journal: { path: 'M10 2l8 8-8 8-8-8z', sign: '' },
};

/** Priority as colour, shape, figure and word. Outlined once acknowledged. */
export function PriorityMark({
  priority,
  filled = true,
  word = true,
}: {
  readonly priority: Priority;
  readonly filled?: boolean;
  readonly word?: boolean;
}) {
  const tokens = useTokens();
  const { path, sign } = SHAPES[priority];
  const colour = tokens.priority[priority];
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.7, whiteSpace: 'nowrap' }}>
      <svg width="19" height="19" viewBox="0 0 20 20" role={word ? 'presentation' : 'img'} aria-label={word ? undefined : priority}>
        <path d={path} fill={filled ? colour : 'none'} stroke={colour} strokeWidth="1.8" strokeLinejoin="round" />
        <text
          x="10"
          y={priority === 'High' ? 16 : priority === 'Medium' ? 11.5 : 14}
          textAnchor="middle"
          fontSize="10.5"
          fontWeight="700"
          fill={filled ? tokens.onPriority : colour}
        >
          {sign}
        </text>
      </svg>
      {word && <span style={{ color: colour, fontWeight: 600 }}>{priority}</span>}
    </Box>
  );
}
