import { Box } from '@mui/material';
import { useRef } from 'react';
import { useTokens } from '../app/theme.ts';

/** What the editor takes. `errors` by line. */
export interface YamlEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly readOnly: boolean;
  readonly errors: ReadonlyMap<number, string>;
}

const LINE_PX = 20;

/** Text with line numbers; a line with an error is marked, and says why. */
export function YamlEditor({ text, onChange, readOnly, errors }: YamlEditorProps) {
  const tokens = useTokens();
  const gutter = useRef<HTMLDivElement>(null);
  const numbers = text.split('\n').map((_, n) => n + 1);
  const font = { fontFamily: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace', fontSize: 13, lineHeight: `${LINE_PX}px` };
  return (
    <Box
      sx={{
        display: 'flex',
        height: 'min(65vh, 720px)',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        overflow: 'hidden',
        bgcolor: 'background.paper',
      }}
    >
      <Box
        ref={gutter}
        aria-hidden
        sx={{
          ...font,
          flex: 'none',
          py: 1,
          overflow: 'hidden',
          color: 'text.secondary',
          textAlign: 'right',
          bgcolor: 'background.default',
          userSelect: 'none',
        }}
      >
        {numbers.map((number) => {
          const error = errors.get(number);
          return (
            <Box
              key={number}
              title={error}
              sx={{
                px: 1,
                height: LINE_PX,
                ...(error === undefined ? {} : { bgcolor: tokens.bad, color: tokens.onPriority, fontWeight: 700 }),
              }}
            >
              {error === undefined ? number : `! ${number}`}
            </Box>
          );
        })}
      </Box>
      <Box
        component="textarea"
        aria-label="Declared YAML"
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        wrap="off"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        sx={{
          ...font,
          flex: 1,
          minWidth: 0,
          p: 1,
          border: 0,
          resize: 'none',
          color: 'text.primary',
          bgcolor: 'transparent',
          whiteSpace: 'pre',
          overflow: 'auto',
        }}
      />
    </Box>
  );
}
