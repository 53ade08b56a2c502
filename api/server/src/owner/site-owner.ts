import type { SiteModel } from '@kubeplant/crds/model';
import type { ActionResult, AlarmAction } from '@kubeplant/engine';
import type { Hello } from '@kubeplant/proto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NotRecorded, Unavailable } from '../ports.ts';
import type { CollectorStream } from './collector-stream.ts';
import { createLoader } from './create-loader.ts';
import { createSession, type RunningSession } from './create-session.ts';
import type { DeviceBoard } from './device-board.ts';
import { HeardOfLater } from './claim-site.ts';
import { createRateMeter } from './rate-meter.ts';
import type { Known } from './restored-events.ts';
import type { OwnerDeps } from './session.ts';
import type { StreamPort } from './shard-link.ts';

const MIN_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;
const OTHER_OWNER_MS = 5_000;
/** Where an owner is. */
type Phase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'elsewhere'; readonly endpoint: string }
  | { readonly kind: 'running'; readonly session: RunningSession }
  | { readonly kind: 'stopped' };

/** A stream, or where to go instead. */
export type Opened =
  | { readonly kind: 'stream'; readonly stream: CollectorStream }
  | { readonly kind: 'redirect'; readonly endpoint: string; readonly retryAfterMs: number };

/** The owner of one site in this process: claims it, runs it, and begins again when the database was away. */
export interface SiteOwner {
  model(): SiteModel;
  setModel(model: SiteModel): Promise<void>;
  open(hello: Hello, port: StreamPort): Opened;
  act(action: AlarmAction): Promise<ActionResult>;
  readonly board: DeviceBoard;
  rate(): number;
  /** Since when and why nothing is recorded; undefined while it is. */
  notRecorded(): NotRecorded | undefined;
  stop(): Promise<void>;
}

interface Identity {
  readonly replica: string;
  readonly endpoint: string;
}

interface Parts {
  readonly identity: Identity;
  readonly model: SiteModel;
  readonly board: DeviceBoard;
  readonly onRecording: (notRecorded: NotRecorded | undefined) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function startSiteOwner(deps: OwnerDeps, { identity, model: first, board, onRecording }: Parts): SiteOwner {
  let model = first;
  let phase: Phase = { kind: 'loading' };
  let epochBefore: number | undefined;
  let heardEpoch = 0;
  let known: Known | undefined;
  let notRecorded: NotRecorded | undefined = { sinceUs: deps.nowUs(), reason: 'the site is being loaded' };
  const tell = (now: NotRecorded | undefined): void => {
    notRecorded = now;
    onRecording(now);
  };
  const rate = createRateMeter();
  const stopping = new AbortController();
  const place = { tenant: first.tenant, site: first.site };
  const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});

  const load = createLoader(deps, stopping.signal);
  /** One claim: until the session is over, or another owner has the site. Returns how long to wait before the next. */
  const own = async (): Promise<number> => {
    const loadedModel = model;
    const loaded = await load({ model: loadedModel, ...identity, epochBefore, heardEpoch, known });
    if (loaded.kind === 'other') {
      if (phase.kind !== 'elsewhere') deps.log.info({ ...place, owner: loaded.replica }, 'another replica owns the site');
      phase = { kind: 'elsewhere', endpoint: loaded.endpoint };
      tell({ sinceUs: notRecorded?.sinceUs ?? deps.nowUs(), reason: `replica ${loaded.replica} owns the site` });
      return OTHER_OWNER_MS;
    }
    epochBefore = loaded.epoch;
    if (stopping.signal.aborted) return 0; // stopped while loading: the claim is retaken by this replica, or ends by itself
    known = { links: loaded.links, recordedUs: known?.recordedUs };
    const onCommitted = (rows: number): void => {
      known = { links: loaded.links, recordedUs: deps.nowUs() };
      rate.add(rows, deps.nowUs() / 1000);
    };
    const session = createSession(deps, { model: loadedModel, loaded, board, onCommitted, onRecording: tell });
    phase = { kind: 'running', session };
    tell(undefined);
    deps.log.info({ ...place, epoch: loaded.epoch, revision: loadedModel.revision }, 'owning the site');
    if (model !== loadedModel) void session.setModel(model);
    const reason = await session.over;
    if (reason instanceof HeardOfLater) heardEpoch = reason.ownerEpoch;
    tell({ sinceUs: notRecorded?.sinceUs ?? deps.nowUs(), reason: reason === undefined ? 'the api is stopping' : messageOf(reason) });
    if (reason === undefined) return 0;
    deps.metrics.failed(place.site);
    deps.log.error(
      { err: reason, ...place, epoch: loaded.epoch },
      'the state in memory is of another history: it is dropped and loaded again',
    );
    return MIN_BACKOFF_MS;
  };
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await own();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        waitMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures);
        tell({ sinceUs: notRecorded?.sinceUs ?? deps.nowUs(), reason: messageOf(error) });
        if (failures === 1) deps.log.error({ err: error, ...place }, 'the site could not be loaded; trying again');
      }
      if (stopping.signal.aborted) break;
      if (phase.kind === 'running') phase = { kind: 'loading' };
      await pause(waitMs);
    }
    phase = { kind: 'stopped' };
  };
  const done = run();

  return {
    board,
    model: () => model,
    setModel: async (next) => {
      model = next;
      if (phase.kind === 'running') await phase.session.setModel(next);
    },
    open: (hello, port) => {
      const stream = phase.kind === 'running' ? phase.session.open(hello, port) : undefined;
      if (stream !== undefined) return { kind: 'stream', stream };
      return { kind: 'redirect', endpoint: phase.kind === 'elsewhere' ? phase.endpoint : '', retryAfterMs: 500 };
    },
    act: async (action) => {
      if (phase.kind !== 'running')
        throw new Unavailable('the site has no owner here that can record: the database is away or another replica owns it; try again');
      return phase.session.act(action);
    },
    rate: () => rate.perSecond(deps.nowUs() / 1000),
    notRecorded: () => notRecorded,
    stop: async () => {
      stopping.abort();
      if (phase.kind === 'running') await phase.session.stop();
      await done;
    },
  };
}
