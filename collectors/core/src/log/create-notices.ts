import type { Lost } from '@kubeplant/proto';
import type { Clock } from '../driver.ts';

/** What happened to the log lately and is over: shown as a problem for a while. */
export interface Notices {
  /** `Reason: sentence`; one for each reason. */
  add(problem: string): void;
  lost(lost: Lost): void;
  all(): readonly string[];
}

interface Notice {
  readonly sentence: string | undefined;
  readonly readings: number;
  readonly untilMs: number;
}

const SHOWN_MS = 60_000;

/** None at first. */
export function createNotices(clock: Pick<Clock, 'monotonicMs'>): Notices {
  const shown = new Map<string, Notice>();

  function put(reason: string, change: Partial<Notice>): void {
    removeOld();
    const before = shown.get(reason) ?? { sentence: undefined, readings: 0 };
    shown.set(reason, { ...before, ...change, untilMs: clock.monotonicMs() + SHOWN_MS });
  }

  function removeOld(): void {
    for (const [reason, { untilMs }] of shown) if (untilMs < clock.monotonicMs()) shown.delete(reason);
  }

  return {
    add: (problem) => {
      const at = problem.indexOf(': ');
      put(problem.slice(0, at), { sentence: problem.slice(at + 2) });
    },
    lost: ({ reason, readings }) => put(reason, { readings: readings + (shown.get(reason)?.readings ?? 0) }),
    all: () => {
      removeOld();
      return [...shown].map(([reason, notice]) => `${reason}: ${explain(notice)}`);
    },
  };
}

function explain({ sentence, readings }: Notice): string {
  const loss = readings > 0 ? [`${readings} readings that were on disk were given up`] : [];
  return [...(sentence ? [sentence] : []), ...loss].join('; ') || 'blocks that were on disk were given up';
}
