import type { ListJournalInput } from '@kubeplant/api-client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';
import { useJournalTail } from '../live/use-live.ts';

/** The journal, the newest first, page after page; read again when rows are written. */
export function useJournal(filter: ListJournalInput, perPage: number) {
  const client = useClient();
  const queryClient = useQueryClient();
  const queryKey = ['journal', filter, perPage];
  useJournalTail(() => void queryClient.invalidateQueries({ queryKey }));
  return useInfiniteQuery({
    queryKey,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      client.journal.list({ ...filter, limit: perPage, ...(pageParam === '' ? {} : { cursor: pageParam }) }, signal),
    getNextPageParam: (page) => page.nextCursor,
  });
}
