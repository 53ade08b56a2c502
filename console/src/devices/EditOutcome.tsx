import { Alert, AlertTitle, Box, Button } from '@mui/material';
import { ErrorState } from '../ui/Notice.tsx';
import { YamlText } from '../ui/YamlText.tsx';

/** What became of an edit. */
export type Outcome =
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'invalid'; readonly errors: readonly { readonly line: number; readonly field?: string; readonly message: string }[] }
  | { readonly kind: 'stale'; readonly message: string }
  | { readonly kind: 'managedElsewhere'; readonly message: string; readonly yaml: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Says it, and what to do next. */
export function EditOutcome({ outcome, onReload }: { readonly outcome: Outcome | undefined; readonly onReload: () => void }) {
  if (outcome === undefined) return null;
  if (outcome.kind === 'done') return <Alert severity="success">{outcome.message}</Alert>;
  if (outcome.kind === 'failed') return <ErrorState error={outcome.error} />;
  if (outcome.kind === 'stale')
    return (
      <Alert
        severity="warning"
        action={
          <Button color="inherit" size="small" onClick={onReload}>
            Load it again
          </Button>
        }
      >
        <AlertTitle>Somebody else changed it meanwhile</AlertTitle>
        {outcome.message}. Nothing was saved. Copy what you want to keep, then load it again.
      </Alert>
    );
  if (outcome.kind === 'managedElsewhere')
    return (
      <Alert severity="info" sx={{ '& .MuiAlert-message': { flex: 1, minWidth: 0 } }}>
        <AlertTitle>This resource is managed elsewhere</AlertTitle>
        {outcome.message}. It was not changed here, because the next roll-out would undo it. Commit this to its source instead:
        {outcome.yaml !== '' && (
          <Box sx={{ mt: 1 }}>
            <YamlText label="YAML to commit" text={outcome.yaml} />
          </Box>
        )}
      </Alert>
    );
  return (
    <Alert severity="error">
      <AlertTitle>
        {outcome.errors.length === 1 ? 'One field is not right' : `${outcome.errors.length} fields are not right`}: nothing was saved
      </AlertTitle>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {outcome.errors.map(({ line, field = '', message }) => (
          <li key={`${line} ${field} ${message}`}>
            line {line}
            {field === '' ? '' : `, ${field}`}: {message}
          </li>
        ))}
      </Box>
    </Alert>
  );
}
