import type { SiteModel } from '@kubeplant/crds/model';
import type { ActionResult, AlarmAction } from '@kubeplant/engine';
import type { Hello } from '@kubeplant/proto';
import { Unavailable } from '../ports.ts';
import type { Batch } from './batch.ts';
import { createChangeSignal } from './change-signal.ts';
import { clockEvents } from './clock-events.ts';
import { type CollectorStream, createCollectorStream } from './collector-stream.ts';
import type { Committed } from './commit-batch.ts';
import { createCommitLoop } from './commit-loop.ts';
import type { DeviceBoard } from './device-board.ts';
import { type LoadedSite, resolveSlots } from './load-site.ts';
import { startOwnerClocks } from './owner-clocks.ts';
import { handoverEvents } from './handover-events.ts';
import type { EventRow } from './prepared.ts';
import { createPublisher } from './publisher.ts';
import type { OwnerDeps, Session } from './session.ts';
import type { CloseReason, StreamPort } from './shard-link.ts';
import { createShardLinks } from './shard-links.ts';
import type { Handover } from './shard-standing.ts';

/** A session as its owner drives it. */
export interface RunningSession {
  open(hello: Hello, port: StreamPort): CollectorStream;
  act(action: AlarmAction): Promise<ActionResult>;
  setModel(model: SiteModel): Promise<void>;
  /** Commit what is there, give the site back, close the streams. */
  stop(): Promise<void>;
  /** Resolves when it is over, with the reason when it failed. */
  readonly over: Promise<unknown>;
}

interface SessionParts {
  readonly model: SiteModel;
  readonly loaded: LoadedSite;
  readonly board: DeviceBoard;
  readonly onCommitted: (rows: number) => void;
}

const ASKED_AGAIN: CloseReason = { code: 'Unavailable', message: 'what is not committed will be asked for again' };

/** Begin to own a loaded site. */
export function createSession(deps: OwnerDeps, parts: SessionParts): RunningSession {
  const { engine, catalogue, accumulator, links, epoch } = parts.loaded;
  const { board } = parts;
  let { model } = parts;
  let isOver = false;
  const over = Promise.withResolvers<unknown>();
  const [catalogueSignal, place] = [createChangeSignal(), { tenant: model.tenant, site: model.site, epoch }];
  const publisher = createPublisher(deps, place, catalogue, board);

  const end = (reason: unknown, close: CloseReason): void => {
    if (isOver) return;
    isOver = true;
    loop.stop();
    clocks.stop();
    accumulator.end();
    catalogueSignal.tell();
    shards.end(close);
    over.resolve(reason);
  };
  const fail = (error: unknown): void => end(error ?? new Error('unknown failure'), ASKED_AGAIN);
  const onCommitted = (batch: Batch, result: Committed, durationMs: number): void => {
    shards.acknowledge(batch.progress);
    publisher.committed(batch);
    parts.onCommitted(batch.rows);
    report(deps, place, batch, result, durationMs);
    if (accumulator.rows() > 0) loop.schedule();
  };
  const loop = createCommitLoop({ store: deps.store, owner: place, engine, accumulator, nowUs: deps.nowUs, onCommitted, onFailed: fail });
  const setConnected = createClockCauses(deps, parts.loaded);
  const onSilent = (devices: readonly string[]): void => {
    for (const device of devices) setConnected(device, false);
    board.changed(devices);
    publisher.show(devices);
    loop.schedule();
  };
  const journal = (events: readonly EventRow[]): void => {
    accumulator.events.push(...events);
    loop.schedule();
  };
  const onHandover = (shard: string, handover: Handover): void => journal(handoverEvents(shard, handover, deps.nowUs()));
  const shards = createShardLinks({ links, epoch, catalogue, board, nowUs: deps.nowUs, onSilent, onHandover });
  const session = createSessionPort({
    deps,
    loaded: parts.loaded,
    board,
    shards,
    publisher,
    loop,
    setConnected,
    catalogueSignal,
    isOver: () => isOver,
    fail,
  });
  const onGraceOver = (): void => {
    shards.closeRemoved(model.shards);
    shards.declareMissing(model.shards.map(({ name }) => name));
  };
  const clocks = startOwnerClocks({ deps, place, engine, publisher, loop, onBeat: shards.beat, onGraceOver, onFailed: fail });
  const takeModel = async (next: SiteModel): Promise<void> => {
    const take = await inTenant(deps, next.tenant, (client) => catalogue.setModel(client, next));
    model = next;
    engine.setModel(next, deps.nowUs());
    take();
    resolveSlots(catalogue, engine);
    catalogueSignal.tell();
    deps.hub.forget(place.tenant, place.site);
    publisher.showAll();
    clocks.grace();
    void loop.flush().then(() => shards.closeRefused(next.shards)); // they hear first that what they sent is committed
  };
  publisher.showAll();
  loop.schedule();
  return {
    over: over.promise,
    open: (hello, port) => {
      journal(clockEvents(hello, deps.nowUs()));
      const { link, stream } = shards.open(hello, port);
      return createCollectorStream(session, link, stream);
    },
    act: async (action) => {
      const result = engine.act(action);
      if (result.kind !== 'done') return result;
      await loop.flush();
      if (isOver) throw new Unavailable('the database is away: nothing was recorded; try again');
      return result;
    },
    setModel: (next) => loop.between(() => takeModel(next)).catch(fail),
    stop: async () => {
      await loop.flush();
      if (!isOver) await clocks.release();
      end(undefined, { code: 'Unavailable', message: 'the owner of the site stops' });
    },
  };
}

interface PortParts {
  readonly deps: OwnerDeps;
  readonly loaded: LoadedSite;
  readonly board: DeviceBoard;
  readonly shards: ReturnType<typeof createShardLinks>;
  readonly publisher: ReturnType<typeof createPublisher>;
  readonly loop: ReturnType<typeof createCommitLoop>;
  readonly setConnected: Session['setConnected'];
  readonly catalogueSignal: ReturnType<typeof createChangeSignal>;
  readonly isOver: () => boolean;
  readonly fail: (error: unknown) => void;
}

/** The session as its streams see it. */
function createSessionPort({
  deps,
  loaded,
  board,
  shards,
  publisher,
  loop,
  setConnected,
  catalogueSignal,
  isOver,
  fail,
}: PortParts): Session {
  const { engine, catalogue, accumulator } = loaded;
  return {
    deps,
    engine,
    catalogue,
    accumulator,
    setConnected,
    ended: isOver,
    changed: loop.schedule,
    catalogueChanged: catalogueSignal.next,
    makeSeries: (entries) =>
      loop
        .between(async () => {
          const take = await inTenant(deps, loaded.model.tenant, (client) => catalogue.ensure(client, entries));
          take();
          resolveSlots(catalogue, engine);
          catalogueSignal.tell();
        })
        .catch(fail),
    setHealth: (device, health) => {
      const before = board.health.get(device);
      const same = before?.connected === health.connected && before.dataFlowing === health.dataFlowing && before.reason === health.reason;
      board.health.set(device, same ? { ...health, sinceMs: before.sinceMs } : health);
      board.offline.delete(device);
    },
    showDevices: (devices) => {
      board.changed(devices);
      publisher.show(devices);
    },
    closeStream: shards.close,
    streamClosed: shards.closed,
  };
}

const inTenant = <T>(deps: OwnerDeps, tenant: string, run: Parameters<typeof deps.store.withOwnerScope<T>>[1]): Promise<T> =>
  deps.store.withOwnerScope({ grants: [{ tenant, site: '*' }] }, run);

/** What the owner's clock tells the engine has a cause of its own: `clock:<epoch>:<counter>`. */
function createClockCauses({ nowUs }: OwnerDeps, { engine, epoch }: LoadedSite): Session['setConnected'] {
  let counter = 0;
  return (device, connected) => {
    counter += 1;
    engine.connected(device, connected, nowUs(), `clock:${epoch}:${counter}`);
  };
}

function report(deps: OwnerDeps, place: { readonly site: string }, batch: Batch, { refused }: Committed, durationMs: number): void {
  deps.metrics.committed(place.site, batch.rows, batch.blocks.length, durationMs);
  const quarantined = batch.quarantined.length + refused.length;
  if (quarantined > 0) deps.metrics.quarantined(place.site, quarantined);
  for (const { shard, run, seq, firstRow, reason, detail } of refused) {
    deps.log.warn({ ...place, shard, run, seq, row: firstRow, reason, detail }, 'the database refuses a row; it is in quarantine');
  }
}
