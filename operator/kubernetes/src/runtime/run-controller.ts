import type { Logger } from '@kubeplant/kit';
import { isApiError } from '../api/api-error.ts';
import type { OperatorMetrics } from './metrics.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/** What a reconciliation asks for. */
export interface ReconcileResult {
  /** Come back after this time even if nothing changes. */
  readonly requeueAfterMs?: number | undefined;
}

/** What a controller is made of. `reconcile` reads the caches, never the event that caused it, and can be repeated at any time. */
export interface ControllerOptions {
  readonly name: string;
  readonly concurrency: number;
  readonly reconcile: (key: string) => Promise<ReconcileResult>;
}

/** A controller that works until it is closed. */
export interface Controller {
  readonly queue: WorkQueue;
  /** Resolves when the running reconciliations are done. */
  close(): Promise<void>;
}

/** Work off a queue. An error is logged once and the key comes back later, at growing intervals. */
export function runController(
  { name, concurrency, reconcile }: ControllerOptions,
  deps: { readonly log: Logger; readonly metrics: OperatorMetrics },
): Controller {
  const queue = createWorkQueue();
  const log = deps.log.child({ controller: name });
  deps.metrics.observeDepth(name, queue.depth);
  const work = async () => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      const startMs = performance.now();
      const seconds = () => (performance.now() - startMs) / 1000;
      try {
        const { requeueAfterMs } = await reconcile(key);
        queue.forget(key);
        if (requeueAfterMs !== undefined) queue.addAfter(key, requeueAfterMs);
        deps.metrics.reconciled(name, requeueAfterMs === undefined ? 'success' : 'requeue_after', seconds());
      } catch (error) {
        queue.retry(key);
        deps.metrics.reconciled(name, 'error', seconds());
        // Somebody else wrote first: the cache will follow and the next attempt sees it.
        log[isApiError(error, 'Conflict') ? 'debug' : 'error']({ err: error, key }, 'reconcile failed');
      } finally {
        queue.done(key);
      }
    }
  };
  const workers = Array.from({ length: concurrency }, work);
  return {
    queue,
    close: async () => {
      queue.close();
      await Promise.all(workers);
    },
  };
}
