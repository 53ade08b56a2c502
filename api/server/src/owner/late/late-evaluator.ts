import type { LateFindings } from '@kubeplant/engine';
import type { ScopedClient } from '../../ports.ts';
import { findLateTags } from '../../store/readings/late-tags.ts';
import type { CommitLoop } from '../commit-loop.ts';
import type { LoadedSite } from '../load-site.ts';
import type { Series } from '../series.ts';
import type { OwnerDeps } from '../session.ts';
import { evaluateLateTag } from './evaluate-late-tag.ts';
import { type LateSpan, readLateSpans, type StoredLateSpan } from './late-spans.ts';

/** Without a late reading for so long, what came late is evaluated: a backlog comes in one go. */
const QUIET_US = 10_000_000;
/** After so long it is evaluated in any case: some devices are always late. */
const LONGEST_US = 3_600_000_000;
/** Tags that are looked through at once for late readings. */
const TAGS_AT_ONCE = 100;

interface Parts {
  readonly deps: OwnerDeps;
  readonly place: { readonly tenant: string; readonly site: string };
  readonly loaded: Pick<LoadedSite, 'engine' | 'catalogue' | 'accumulator' | 'lateSpans'>;
  readonly loop: Pick<CommitLoop, 'away' | 'flush'>;
  readonly isOver: () => boolean;
}

/** Evaluates readings that came late, from the history and beside everything else. Until that is recorded the span of them stays marked in the database. */
export interface LateEvaluator {
  /** Late readings of these shards are committed. */
  marked(spans: readonly Pick<LateSpan, 'shard'>[]): void;
  /** Once a second. */
  beat(): void;
}

/** It is done again: from the start, or by the next owner. */
class Interrupted extends Error {
  override name = 'Interrupted';
}

export function createLateEvaluator(parts: Parts): LateEvaluator {
  const { deps, place, loop, isOver } = parts;
  const { engine, catalogue, accumulator, lateSpans } = parts.loaded;
  const { store, log, nowUs } = deps;
  const scope = { grants: [place] };
  const waiting = new Map<string, { readonly sinceUs: number; readonly lastUs: number }>();
  let busy = false;
  const inScope = <T>(run: (client: ScopedClient) => Promise<T>): Promise<T> => store.withScope(scope, run);
  const wait = (shard: string): void => {
    waiting.set(shard, { sinceUs: waiting.get(shard)?.sinceUs ?? nowUs(), lastUs: nowUs() });
  };
  for (const { shard } of lateSpans) wait(shard);
  const commit = async (change: () => void): Promise<void> => {
    if (isOver() || loop.away.current() !== undefined) throw new Interrupted('the database is away, or the site is given up');
    change();
    await loop.flush();
    if (isOver()) throw new Interrupted('the site is given up');
  };
  const evaluateTag = async (series: Series, span: StoredLateSpan): Promise<number> => {
    const found = catalogue.lateScopes().find(series.device, series.tag);
    if (found === undefined) return 0;
    const generation = catalogue.generation();
    let rows = 0;
    const take = async (findings: LateFindings): Promise<void> => {
      if (catalogue.generation() !== generation) throw new Interrupted('the model has changed');
      if (isNothing(findings)) return;
      rows += findings.transitions.length + findings.open.length;
      await commit(() => engine.takeLate(findings));
    };
    const { tenant, site } = place;
    const { tagId, device, tag: name, origin, isText: text, timeUs: newestUs } = series;
    const tag = { tagId, tenant, site, device, name, origin, text };
    await evaluateLateTag({ inScope, readings: store.readings, take }, { tag, scope: found, span, newestUs });
    return rows;
  };
  const evaluateShard = async (shard: string): Promise<void> => {
    const span = (await inScope((client) => readLateSpans(client, place))).find((one) => one.shard === shard);
    if (span === undefined) return;
    const watched = new Map<number, Series>();
    for (const series of catalogue.all())
      if (series.inForce && series.isWatched && catalogue.mayWrite(shard, series.device)) watched.set(series.tagId, series);
    const ids = [...watched.values()].map(({ tagId }) => tagId);
    let [tags, rows] = [0, 0];
    for (let start = 0; start < ids.length; start += TAGS_AT_ONCE) {
      for (const tagId of await inScope((client) => findLateTags(client, ids.slice(start, start + TAGS_AT_ONCE), span))) {
        const series = watched.get(tagId);
        if (series === undefined) continue;
        tags += 1;
        rows += await evaluateTag(series, span);
      }
    }
    await commit(() => accumulator.lateEvaluated(span));
    log.info({ ...place, shard, from: iso(span.fromUs), until: iso(span.untilUs), tags, rows }, 'late readings are evaluated for alarms');
  };
  return {
    marked: (spans) => {
      for (const { shard } of spans) wait(shard);
    },
    beat: () => {
      if (busy || isOver() || loop.away.current() !== undefined) return;
      const now = nowUs();
      // A clock that was set back makes nobody wait.
      const due = [...waiting].find(([, { sinceUs, lastUs }]) => Math.abs(now - lastUs) >= QUIET_US || now - sinceUs >= LONGEST_US);
      if (due === undefined) return;
      const [shard] = due;
      waiting.delete(shard);
      busy = true;
      evaluateShard(shard)
        .catch((error: unknown) => {
          wait(shard);
          if (!isOver() && !(error instanceof Interrupted))
            log.warn({ err: error, ...place, shard }, 'late readings are not evaluated yet; trying again');
        })
        .finally(() => {
          busy = false;
        });
    },
  };
}

const iso = (timeUs: number): string => new Date(timeUs / 1000).toISOString();

const isNothing = ({ transitions, open, pending }: LateFindings): boolean => transitions.length + open.length + pending.length === 0;
