import type { SiteEngine } from '@kubeplant/engine';
import { assertKept } from './assert-kept.ts';
import { Fenced, renewSite } from './claim-site.ts';
import type { CommitLoop } from './commit-loop.ts';
import type { Publisher } from './publisher.ts';
import type { OwnerDeps } from './session.ts';
import type { ShardLink } from './shard-link.ts';
import { BEAT_MS } from './shard-standing.ts';

const TICK_MS = 200;
const RENEW_MS = 5_000;
const CHECKPOINT_MS = 10_000;
/** After loading and after a model: until then collectors may come, and those of removed shards deliver what they hold. */
export const GRACE_MS = 10_000;

interface Parts {
  readonly deps: OwnerDeps;
  readonly place: { readonly tenant: string; readonly site: string; readonly epoch: number };
  readonly links: ReadonlyMap<string, ShardLink>;
  readonly engine: SiteEngine;
  readonly publisher: Publisher;
  readonly loop: CommitLoop;
  /** Once a second each. */
  readonly onBeat: readonly (() => void)[];
  readonly onGraceOver: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** What an owner does by the clock: end delays, renew its claim, checkpoint, and give up waiting for collectors. */
export interface OwnerClocks {
  /** Wait for collectors once more. */
  grace(): void;
  /** The last checkpoint, and the site is free for another owner. Never rejects. */
  release(): Promise<void>;
  stop(): void;
}

export function startOwnerClocks(parts: Parts): OwnerClocks {
  const { deps, place, engine, publisher, loop } = parts;
  const scope = { grants: [{ tenant: place.tenant, site: place.site }] };
  const tick = (): void => {
    const nowUs = deps.nowUs();
    const deadlineUs = engine.nextDeadlineUs();
    if (deadlineUs === undefined || deadlineUs > nowUs) return;
    engine.advance(nowUs);
    loop.schedule();
  };
  /** In turn with the commits. It is noticed here too that the database is away, or was restored and lacks runs that commit nothing more. */
  const renew = (): Promise<void> =>
    loop.between((attempt) =>
      attempt.withOwnerScope(scope, async (client) => {
        if (!(await renewSite(client, place, false))) throw new Fenced('the site could not be renewed: another owner has taken it');
        await assertKept(client, place, parts.links, deps.nowUs());
      }),
    );
  /** While the database is away values run ahead of what is recorded; afterwards there is another checkpoint. */
  const checkpoint = async (): Promise<void> => {
    if (loop.away.current() === undefined) await publisher.checkpoint().catch(() => {}); // the next renewal finds out
  };
  const every = (ms: number, run: () => Promise<void>): NodeJS.Timeout => {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      run()
        .catch(parts.onFailed)
        .finally(() => {
          busy = false;
        });
    }, ms);
  };
  const timers = [
    setInterval(tick, TICK_MS),
    every(RENEW_MS, renew),
    every(CHECKPOINT_MS, checkpoint),
    ...parts.onBeat.map((beat) => setInterval(beat, BEAT_MS)),
  ];
  const graceMs = deps.graceMs ?? GRACE_MS;
  let grace = setTimeout(parts.onGraceOver, graceMs);
  return {
    grace: () => {
      clearTimeout(grace);
      grace = setTimeout(parts.onGraceOver, graceMs);
    },
    release: async () => {
      try {
        await publisher.checkpoint();
        await deps.store.withScope(scope, (client) => renewSite(client, place, true));
      } catch (error) {
        deps.log.warn({ err: error, ...place }, 'the site could not be given back; it is free when its lease ends');
      }
    },
    stop: () => {
      clearTimeout(grace);
      for (const timer of timers) clearInterval(timer);
    },
  };
}
