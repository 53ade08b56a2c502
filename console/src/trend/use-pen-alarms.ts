import type { JournalEntry } from '@kubeplant/api-client';
import { parseTagPath } from '@kubeplant/words';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';
import { useJournalTail } from '../live/use-live.ts';
import { type Pen, type Span, toWindow } from './trend-state.ts';

const MAX_ALARMS = 50;

/** Alarms of the pens that came up in the span, the newest first. */
export function usePenAlarms(pens: readonly Pen[], span: Span): readonly JournalEntry[] {
  const client = useClient();
  const queryClient = useQueryClient();
  useJournalTail(() => void queryClient.invalidateQueries({ queryKey: ['trend-alarms'] }));
  const answers = useQueries({
    queries: pens.map(({ path }) => ({
      queryKey: ['trend-alarms', path, span],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const { fromMs, toMs } = toWindow(span, Date.now());
        const key = parseTagPath(path);
        if (key === undefined) return [];
        const { namespace, device, tag } = key;
        const page = await client.journal.list(
          {
            namespace,
            device,
            tag,
            kind: ['Active'],
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            limit: MAX_ALARMS,
          },
          signal,
        );
        return page.items;
      },
    })),
  });
  return answers.flatMap(({ data = [] }) => data).sort((a, b) => b.time.localeCompare(a.time));
}
