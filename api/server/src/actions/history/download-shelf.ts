import { randomBytes } from 'node:crypto';
import type { Identity } from '../../auth/identity.ts';
import type { SeriesKey } from './series-key.ts';
import type { Range } from './range.ts';

/** Life of a download's address, seconds. */
export const DOWNLOAD_S = 60;
const maxOrders = 10_000;

/** What a browser was promised, and for whom. */
export type DownloadOrder = { readonly identity: Identity } & (
  | { readonly kind: 'readings'; readonly keys: readonly SeriesKey[]; readonly range: Range }
  | { readonly kind: 'export'; readonly id: string }
);

/** Orders that wait to be fetched once. */
export interface DownloadShelf {
  put(order: DownloadOrder): string;
  take(key: string): DownloadOrder | undefined;
}

/** Shelf in memory, bounded: the oldest order goes first. */
export function createDownloadShelf(now: () => number): DownloadShelf {
  const orders = new Map<string, { order: DownloadOrder; untilMs: number }>();
  const clear = (): void => {
    for (const [key, { untilMs }] of orders) {
      if (untilMs > now() && orders.size <= maxOrders) return; // in order of age
      orders.delete(key);
    }
  };
  return {
    put(order) {
      const key = randomBytes(24).toString('base64url');
      orders.set(key, { order, untilMs: now() + DOWNLOAD_S * 1000 });
      clear();
      return key;
    },
    take(key) {
      clear();
      const found = orders.get(key);
      orders.delete(key);
      return found?.order;
    },
  };
}
