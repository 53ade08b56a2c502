import type { SiteModel } from '@kubeplant/crds/model';
import { createSiteEngine, type FastSiteEngine, type LatestReading } from '@kubeplant/engine';
import type { ScopedClient } from '../ports.ts';
import { type Accumulator, createAccumulator } from './accumulator.ts';
import type { Attempt } from './attempt.ts';
import { readAlarmStates } from './alarm-rows.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { claimSite, type OwnedClaim } from './claim-site.ts';
import { endTransactions } from './end-transactions.ts';
import { inTenant } from './in-tenant.ts';
import { loadLatest } from './load-latest.ts';
import { readLateSpans, type StoredLateSpan } from './late/late-spans.ts';
import { createObservedSpans, type ObservedSpan, readLastObserved } from './observed-spans.ts';
import type { EventRow } from './prepared.ts';
import { GRACE_MS } from './owner-clocks.ts';
import { createRestoredCheck, type Known, type RestoredCheck, restoredEvents } from './restored-events.ts';
import type { Series } from './series.ts';
import type { OwnerDeps } from './session.ts';
import { createShardLink, progressOfRun, type ShardLink } from './shard-link.ts';
import { readProgress } from './write-rows.ts';

/** A site as last committed, and ours. */
export interface LoadedSite {
  readonly kind: 'loaded';
  readonly model: SiteModel;
  readonly epoch: number;
  readonly engine: FastSiteEngine;
  readonly catalogue: Catalogue;
  readonly accumulator: Accumulator;
  readonly links: Map<string, ShardLink>;
  readonly checkRestored: RestoredCheck;
  /** Of readings that came late and are not evaluated yet. */
  readonly lateSpans: readonly StoredLateSpan[];
}

/** Every run that is known. */
const ALL_DAYS = 36_500;

export interface Claimer {
  readonly model: SiteModel;
  readonly replica: string;
  readonly endpoint: string;
  readonly epochBefore: number | undefined;
  readonly heardEpoch: number;
  /** Transactions of earlier tries that were given up. */
  readonly unfinished: readonly string[];
  /** What this process knew of the database before. */
  readonly known: Known | undefined;
}

/** Take a site and load its state, or say who has it. */
export async function loadSite(
  deps: OwnerDeps,
  attempt: Attempt,
  { model, known, unfinished, ...claimer }: Claimer,
): Promise<LoadedSite | { readonly kind: 'other'; readonly replica: string; readonly endpoint: string }> {
  const { tenant, site } = model;
  const catalogue = createCatalogue(model);
  const loaded = await inTenant(attempt, tenant, async (client) => {
    await endTransactions(client, unfinished);
    const claim = await claimSite(client, { tenant, site, ...claimer });
    if (claim.kind === 'other') return claim;
    const take = await catalogue.setModel(client, model);
    take(); // this catalogue is thrown away if the transaction fails
    const all = [...catalogue.all()];
    await loadLatest(client, all, deps.nowUs());
    const alarms = await readAlarmStates(client, model);
    return {
      kind: 'claimed' as const,
      claim,
      alarms,
      spans: await readLastObserved(client, model),
      links: await readLinks(client, model, deps.nowUs()),
      lateSpans: await readLateSpans(client, model),
    };
  });
  if (loaded.kind === 'other') return loaded;
  const { claim, alarms, spans, links, lateSpans } = loaded;
  const nowUs = deps.nowUs();
  const staleFromUs = nowUs + 1000 * (deps.graceMs ?? GRACE_MS);
  const start = { model, alarms, latest: latestInForce(catalogue), observed: observedInForce(catalogue, model, spans) };
  const engine = createSiteEngine({ ...start, staleFromUs, epoch: claim.epoch, nowUs });
  resolveSlots(catalogue, engine);
  const accumulator = createAccumulator(catalogue, createObservedSpans(spans));
  if (claim.before !== claimer.replica) accumulator.events.add([ownerChanged(claim, claimer.replica, nowUs)]);
  const newestUs = newestTime(catalogue, spans);
  const restored = restoredEvents(known, { links, wentBack: claim.wentBack, newestUs }, nowUs);
  accumulator.events.add(restored);
  const checkRestored = createRestoredCheck({ links, newestUs, isJournalled: restored.length > 0 });
  return { kind: 'loaded', model, epoch: claim.epoch, engine, catalogue, accumulator, links, lateSpans, checkRestored };
}

const ownerChanged = ({ before, epoch }: OwnedClaim, replica: string, nowUs: number): EventRow => ({
  timeUs: nowUs,
  kind: 'OwnerChanged',
  message: `${replica} owns the site${before === undefined ? '' : ` after ${before}`} (epoch ${epoch})`,
  details: { replica, before, epoch },
});

/** Of a reading or a confirmation; -Infinity when there is none. */
function newestTime(catalogue: Catalogue, spans: readonly ObservedSpan[]): number {
  let newestUs = Number.NEGATIVE_INFINITY;
  for (const { timeUs } of catalogue.all()) newestUs = Math.max(newestUs, timeUs);
  for (const { endedUs } of spans) newestUs = Math.max(newestUs, endedUs);
  return newestUs;
}

/** Series in force get their place in the engine: after loading and after each model. */
export function resolveSlots(catalogue: Catalogue, engine: FastSiteEngine): void {
  for (const series of catalogue.all()) series.slot = series.inForce ? engine.slot(series.device, series.tag) : -1;
}

function latestInForce(catalogue: Catalogue): LatestReading[] {
  const hasReading = (series: Series): boolean => series.inForce && Number.isFinite(series.timeUs);
  return [...catalogue.all()].filter(hasReading).map(({ device, tag, timeUs, value, text, status, flags }) => ({
    device,
    tag,
    timeUs,
    value,
    status,
    flags,
    ...(text === undefined ? {} : { text }),
  }));
}

/** Until when devices were confirmed, with the origin that is in force. */
function observedInForce(
  catalogue: Catalogue,
  { devices }: SiteModel,
  spans: readonly ObservedSpan[],
): { device: string; untilUs: number }[] {
  const untilUs = new Map(spans.map((span) => [`${span.deviceId}/${span.simulated}`, span.endedUs]));
  return devices.flatMap(({ name, simulated }) => {
    const found = untilUs.get(`${catalogue.deviceId(name)}/${simulated}`);
    return found === undefined ? [] : [{ device: name, untilUs: found }];
  });
}

async function readLinks(client: ScopedClient, model: SiteModel, nowUs: number): Promise<Map<string, ShardLink>> {
  const links = new Map<string, ShardLink>();
  for (const { shard, run, committed, ageUs } of await readProgress(client, model, ALL_DAYS)) {
    const link = links.get(shard) ?? createShardLink(shard);
    links.set(shard, link);
    const progress = progressOfRun(link, run);
    progress.committedUs = nowUs - ageUs;
    for (const { first, last } of committed) progress.committed.add(first, last);
  }
  return links;
}
