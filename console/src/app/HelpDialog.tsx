import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Table, TableBody, TableCell, TableRow } from '@mui/material';
import { PAGES } from './pages.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ...PAGES.map(({ key, label }) => [`g ${key}`, label] as const),
  ['/', 'Search on this page, or all tags'],
  ['?', 'This list'],
  ['Tab, Enter, Space', 'Move and press, as everywhere'],
  ['Shift + drag', 'Move a trend in time; drag alone zooms'],
];

/** The keys of the console. */
export function HelpDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} aria-labelledby="help-title">
      <DialogTitle id="help-title">Keyboard shortcuts</DialogTitle>
      <DialogContent>
        <Table size="small">
          <TableBody>
            {KEYS.map(([key, text]) => (
              <TableRow key={key}>
                <TableCell>
                  <kbd>{key}</kbd>
                </TableCell>
                <TableCell>{text}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
