import ContentCopy from '@mui/icons-material/ContentCopy';
import { Box, Button, Paper } from '@mui/material';
import { useState } from 'react';

/** YAML to read and to copy. */
export function YamlText({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Paper sx={{ position: 'relative', overflow: 'hidden' }}>
      {globalThis.isSecureContext && (
        <Button
          size="small"
          startIcon={<ContentCopy />}
          onClick={() => void copy()}
          sx={{ position: 'absolute', right: 8, top: 8, bgcolor: 'background.paper' }}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
      <Box
        component="pre"
        tabIndex={0}
        role="region"
        aria-label={label}
        sx={{ m: 0, p: 2, overflow: 'auto', maxHeight: '65vh', fontSize: '0.82rem', lineHeight: 1.5 }}
      >
        {text}
      </Box>
    </Paper>
  );
}
