import { ApiError, type Plural } from '@kubeplant/api-client';
import { Alert, Box, Button, Typography } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useAllows, useClient } from '../app/DepsContext.tsx';
import { ErrorState, LoadingState } from '../ui/Notice.tsx';
import { parseDeclaredYaml, toDeclaredYaml } from './declared-yaml.ts';
import { EditOutcome, type Outcome } from './EditOutcome.tsx';
import { findFieldLine } from './field-line.ts';
import { YamlEditor } from './YamlEditor.tsx';

/** Which resource is edited; `site` decides who may. */
export interface ResourceEditorProps {
  readonly namespace: string;
  readonly site: string;
  readonly plural: Plural;
  readonly name: string;
}

/** The YAML of a resource, edited where that is allowed. The api has the last word, and its word is shown at the line. */
export function ResourceEditor({ namespace, site, plural, name }: ResourceEditorProps) {
  const client = useClient();
  const queryClient = useQueryClient();
  const mayEdit = useAllows()('resource.edit', { namespace, site });
  const queryKey = ['resource', plural, namespace, name];
  const query = useQuery({ queryKey, queryFn: () => client.resources.get(namespace, plural, name) });
  const [draft, setDraft] = useState<{ readonly text: string; readonly version: string | undefined }>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  const loaded = query.data === undefined ? '' : toDeclaredYaml(query.data);
  const text = draft?.text ?? loaded;
  const changed = draft !== undefined && draft.text !== loaded;
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    if (changed) addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [changed]);
  const reload = async (): Promise<void> => {
    setDraft(undefined);
    setOutcome(undefined);
    await query.refetch();
  };
  const send = async (dryRun: boolean): Promise<void> => {
    const parsed = parseDeclaredYaml(text);
    if (parsed.kind === 'malformed') return setOutcome({ kind: 'invalid', errors: [parsed] });
    setBusy(true);
    const ifMatch = draft?.version ?? query.data?.metadata.resourceVersion;
    try {
      const answer = await client.resources.put({
        namespace,
        plural,
        name,
        dryRun,
        resource: parsed.resource,
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
      setOutcome({ kind: 'done', message: answer.message });
      if (dryRun) return;
      if (answer.object !== undefined) queryClient.setQueryData(queryKey, answer.object);
      setDraft(undefined);
      await queryClient.invalidateQueries();
    } catch (error) {
      setOutcome(toOutcome(error, text));
    } finally {
      setBusy(false);
    }
  };
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const errors =
    outcome?.kind === 'invalid' ? new Map(outcome.errors.map(({ line, message }) => [line, message])) : new Map<number, string>();
  return (
    <Box sx={{ display: 'grid', gap: 1.2 }}>
      {!mayEdit && <Alert severity="info">You can read this. To change it you need the role engineer in {site}.</Alert>}
      <EditOutcome outcome={outcome} onReload={() => void reload()} />
      <YamlEditor
        text={text}
        readOnly={!mayEdit || busy}
        errors={errors}
        onChange={(next) => setDraft({ text: next, version: draft?.version ?? query.data.metadata.resourceVersion })}
      />
      {mayEdit && (
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <Button variant="contained" disabled={!changed || busy} onClick={() => void send(false)}>
            Save
          </Button>
          <Button variant="outlined" disabled={!changed || busy} onClick={() => void send(true)}>
            Check only
          </Button>
          <Button disabled={!changed || busy} onClick={() => void reload()}>
            Discard changes
          </Button>
          <Typography variant="body2" color="textSecondary">
            {changed ? 'Changed, not saved' : 'Saving edits the declaration in place and keeps its comments.'}
          </Typography>
        </Box>
      )}
    </Box>
  );
}

function toOutcome(error: unknown, text: string): Outcome {
  if (!(error instanceof ApiError)) return { kind: 'failed', error };
  const { code, problem } = error;
  if (code === 'managed-elsewhere') return { kind: 'managedElsewhere', message: error.message, yaml: problem.yaml ?? '' };
  if (error.status === 412) return { kind: 'stale', message: error.message };
  if (problem.errors === undefined || problem.errors.length === 0) return { kind: 'failed', error };
  // A field of the request is told as `resource.spec.…`; in the text it is `spec.…`.
  const errors = problem.errors.map(({ field, message }) => {
    const inText = field.replace(/^resource\./, '');
    return { line: findFieldLine(text, inText), field: inText, message };
  });
  return { kind: 'invalid', errors };
}
