import type { Export } from '@kubeplant/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNotify } from 'react-admin';
import { useClient } from '../app/DepsContext.tsx';
import { openDownload } from '../ui/save-file.ts';

const KEY = ['exports'];
const SOON_MS = 700;
const LATER_MS = 15_000;
/** More than a user can have. */
const ALL = 1000;

export const isUnfinished = ({ state }: Export): boolean => state === 'Queued' || state === 'Running';

/** Exports of the user, newest first; looked at often while one is being written. */
export function useExports() {
  const client = useClient();
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => client.exports.list({ limit: ALL }, signal).then(({ items }) => items),
    refetchInterval: ({ state }) => (state.data?.some(isUnfinished) === true ? SOON_MS : LATER_MS),
  });
}

/** What can be done with an export; what goes wrong is said. */
export function useExportDeeds() {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const onError = (error: unknown): void => notify(error instanceof Error ? error.message : String(error), { type: 'error' });
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  const save = useMutation({
    mutationFn: async ({ id, fileName }: Export) => openDownload((await client.exports.download(id)).url, fileName),
    onError,
  });
  const cancel = useMutation({ mutationFn: ({ id }: Export) => client.exports.cancel(id), onError, onSettled });
  const remove = useMutation({ mutationFn: ({ id }: Export) => client.exports.remove(id), onError, onSettled });
  return { save, cancel, remove };
}
