import type { Origin } from '@kubeplant/words';

/** What names a series: `origin` absent is the one in force. */
export interface SeriesKey {
  readonly namespace: string;
  readonly device: string;
  readonly tag: string;
  readonly origin?: Origin;
}
