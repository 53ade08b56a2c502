import type { SiteModel } from '@kubeplant/crds/model';
import type { ActionResult, AlarmAction } from '@kubeplant/engine';
import type { Hello } from '@kubeplant/proto';
import { type NotRecorded, Unavailable } from '../ports.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import type { Batch } from './batch.ts';
import { createChangeSignal } from './change-signal.ts';
import { HeardOfLater } from './claim-site.ts';
import { clockEvents } from './clock-events.ts';
import { type CollectorStream, createCollectorStream } from './collector-stream.ts';
import { type Committed, commitBatch } from './commit-batch.ts';
import { type CommitLoop, createCommitLoop } from './commit-loop.ts';
import type { DeviceBoard } from './device-board.ts';
import { handoverEvents } from './handover-events.ts';
import { inTenant } from './in-tenant.ts';
import { createLateEvaluator } from './late/late-evaluator.ts';
import { type LoadedSite, resolveSlots } from './load-site.ts';
import { startOwnerClocks } from './owner-clocks.ts';
import type { EventRow } from './prepared.ts';
import { createPublisher } from './publisher.ts';
import { RangeSet } from './range-set.ts';
import { recoverSite } from './recover-site.ts';
import type { OwnerDeps, Session } from './session.ts';
import { createSessionPort } from './session-port.ts';
import type { CloseReason, ShardLink, StreamPort } from './shard-link.ts';
import { ASKED_AGAIN, createShardLinks } from './shard-links.ts';

/** A session as its owner drives it. */
export interface RunningSession {
  /** Undefined: the site has to be loaded again first. */
  open(hello: Hello, port: StreamPort): CollectorStream | undefined;
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
  readonly onRecording: (notRecorded: NotRecorded | undefined) => void;
}

/** Begin to own a loaded site. */
export function createSession(deps: OwnerDeps, parts: SessionParts): RunningSession {
  const { engine, catalogue, accumulator, links, epoch } = parts.loaded;
  let { model } = parts;
  let isOver = false;
  const [{ board }, over] = [parts, Promise.withResolvers<unknown>()];
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
    late.marked(batch.lateSpans);
    parts.onCommitted(batch.rows);
    report(deps, place, batch, result, durationMs);
    if (accumulator.rows() > 0) loop.schedule();
  };
  const onRecording = (notRecorded: NotRecorded | undefined, error: unknown): void => {
    parts.onRecording(notRecorded);
    if (notRecorded === undefined) shards.askAgain();
    tellRecording(deps, place, notRecorded, error);
  };
  const loop = createCommitLoop({
    ...{ engine, accumulator, nowUs: deps.nowUs, show: publisher.show, onCommitted, onRecording, onFailed: fail },
    write: (batch, attempt) => commitBatch(deps.store, { ...place, committed: committedOf(links) }, batch, attempt),
    recover: (unclear, attempt) => recoverSite(attempt, place, { links, nowUs: deps.nowUs() }, unclear),
    createAttempt: () => createAttempt(deps.store),
  });
  const late = createLateEvaluator({ deps, place, loaded: parts.loaded, loop, isOver: () => isOver });
  const setConnected = createClockCauses(deps, parts.loaded);
  const onSilent = (devices: readonly string[]): void => {
    for (const device of devices) setConnected(device, false);
    board.changed(devices);
    publisher.showDevices(devices);
    loop.schedule();
  };
  const journal = (events: readonly EventRow[]): void => {
    accumulator.events.add(events);
    loop.schedule();
  };
  const shards = createShardLinks({
    ...{ links, epoch, catalogue, board, nowUs: deps.nowUs, onSilent },
    onHandover: (shard, handover) => journal(handoverEvents(shard, handover, deps.nowUs())),
  });
  const session = createSessionPort({
    ...{ deps, loaded: parts.loaded, board, shards, publisher, loop, setConnected, catalogueSignal, fail, isOver: () => isOver },
  });
  const clocks = startOwnerClocks({
    ...{ deps, place, links, engine, publisher, loop, onBeat: [shards.beat, late.beat], onFailed: fail },
    onGraceOver: () => shards.graceOver(model.shards),
  });
  const takeModel = async (attempt: Attempt, next: SiteModel): Promise<void> => {
    const take = await inTenant(attempt, next.tenant, (client) => catalogue.setModel(client, next));
    model = next;
    forgetDevices(board, next);
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
      const ownerAhead = shards.ownerAhead(hello);
      if (ownerAhead !== undefined) {
        fail(new HeardOfLater(`collector ${hello.instance} of shard ${hello.shard}`, ownerAhead));
        return undefined;
      }
      journal([...clockEvents(hello, deps.nowUs()), ...parts.loaded.checkRestored(hello, deps.nowUs())]);
      const { link, stream } = shards.open(hello, port);
      return createCollectorStream(session, link, stream);
    },
    act: (action) => actRecorded(loop, { act: () => engine.act(action), isOver: () => isOver }),
    setModel: (next) => loop.between((attempt) => takeModel(attempt, next)).catch(fail),
    stop: async () => {
      await Promise.race([loop.flush(), loop.away.begun()]);
      if (!isOver && loop.away.current() === undefined) await clocks.release();
      end(undefined, { code: 'Unavailable', message: 'the owner of the site stops' });
    },
  };
}

/** Done when it is recorded. What the database leaves unanswered is kept and recorded when it is back, but nobody is told so yet. */
async function actRecorded(
  { away, flush }: CommitLoop,
  { act, isOver }: { readonly act: () => ActionResult; readonly isOver: () => boolean },
): Promise<ActionResult> {
  const before = away.current();
  if (before !== undefined)
    throw new Unavailable(
      `the database is away since ${new Date(before.sinceUs / 1000).toISOString()} (${before.reason}): nothing was done; try again when it is back`,
    );
  const result = act();
  if (result.kind !== 'done') return result;
  const recorded = await Promise.race([flush().then(() => true), away.begun().then(() => false)]);
  if (!recorded || isOver() || away.current() !== undefined)
    throw new Unavailable(
      `${away.current() === undefined ? 'the owner of the site changes' : 'the database is away'}: it is not known yet whether this is recorded; look again before you repeat it`,
    );
  return result;
}

/** Nothing is told any more of devices that the model does not have. */
function forgetDevices({ health, offline }: DeviceBoard, { devices }: SiteModel): void {
  const names = new Set(devices.map(({ name }) => name));
  for (const device of [...health.keys(), ...offline])
    if (!names.has(device)) {
      health.delete(device);
      offline.delete(device);
    }
}

/** What of a run the database has acknowledged to us. */
const committedOf =
  (links: ReadonlyMap<string, ShardLink>) =>
  (shard: string, run: string): RangeSet =>
    links.get(shard)?.runs.get(run)?.committed ?? new RangeSet();

interface Place {
  readonly tenant: string;
  readonly site: string;
  readonly epoch: number;
}

/** Logged once each time. */
function tellRecording({ log, metrics }: OwnerDeps, place: Place, notRecorded: NotRecorded | undefined, error: unknown): void {
  if (notRecorded === undefined) log.info(place, 'recording again: what was shown meanwhile is recorded');
  if (error === undefined) return;
  metrics.failed(place.site);
  log.error({ err: error, ...place }, 'not recording: what comes is shown from memory, collectors hold it until the database is back');
}

/** What the owner's clock tells the engine has a cause of its own: `clock:<epoch>:<counter>`. */
function createClockCauses({ nowUs }: OwnerDeps, { engine, epoch }: LoadedSite): Session['setConnected'] {
  let counter = 0;
  return (device, connected) => {
    counter += 1;
    engine.connected(device, connected, nowUs(), `clock:${epoch}:${counter}`);
  };
}

function report(deps: OwnerDeps, place: { readonly site: string }, batch: Batch, { refused }: Committed, durationMs: number): void {
  const late = batch.blocks.reduce((sum, block) => sum + block.late, 0);
  deps.metrics.committed(place.site, { rows: batch.rows, blocks: batch.blocks.length, late, durationMs });
  const quarantined = batch.quarantined.length + refused.length;
  if (quarantined > 0) deps.metrics.quarantined(place.site, quarantined);
  for (const { shard, run, seq, firstRow, reason, detail } of refused) {
    deps.log.warn({ ...place, shard, run, seq, row: firstRow, reason, detail }, 'the database refuses a row; it is in quarantine');
  }
}
