import type { SiteModel } from '@kubeplant/crds/model';
import type { Hello } from '@kubeplant/proto';
import type { Batch } from './batch.ts';
import type { Catalogue } from './catalogue.ts';
import { type DeviceBoard, silentHealth } from './device-board.ts';
import {
  acknowledge,
  type CloseReason,
  createShardLink,
  createStream,
  progressOfRun,
  type ShardLink,
  type StreamPort,
  type StreamState,
} from './shard-link.ts';
import { createShardStanding, GRACE_BEATS, type Handover, toStanding } from './shard-standing.ts';

/** Streams of one site over the life of an epoch. */
const EPOCHS_PER_OWNER = 2 ** 24;
/** No owner is further ahead of another: a higher epoch of a collector is a mistake and counts as none. */
const MAX_OWNERS_AHEAD = 1_000_000;
const WINDOW = 32;

/** Said to collectors that hold what is not committed. */
export const ASKED_AGAIN: CloseReason = { code: 'Unavailable', message: 'what is not committed is asked for again' };

interface Parts {
  readonly links: Map<string, ShardLink>;
  /** Epoch of the site: the upper part of the epochs given to shards, so that they rise over all owners. */
  readonly epoch: number;
  readonly catalogue: Catalogue;
  readonly board: DeviceBoard;
  readonly nowUs: () => number;
  /** The collector of these devices is gone. */
  readonly onSilent: (devices: readonly string[]) => void;
  /** Another collector polls from now on. */
  readonly onHandover: (shard: string, handover: Handover) => void;
}

type ModelShard = SiteModel['shards'][number];

/** The shards of a site and their streams: of each at most one is active, the others stand by and deliver what they hold. */
export interface ShardLinks {
  /** The owner whose epoch a collector has, where it cannot be one before this: the database knows nothing of it. */
  ownerAhead(hello: Hello): number | undefined;
  open(hello: Hello, port: StreamPort): { readonly link: ShardLink; readonly stream: StreamState };
  /** Once a second: who is active hears it, who is silent loses the shard. */
  beat(): void;
  /** End a stream from our side. */
  close(link: ShardLink, stream: StreamState, reason: CloseReason): void;
  /** A stream has ended by itself. */
  closed(link: ShardLink, stream: StreamState): void;
  acknowledge(progress: Batch['progress']): void;
  /** End the streams whose blocks were not kept while the database was away: they come again and bring them. */
  askAgain(): void;
  /** End the streams whose token is no longer their shard's. */
  closeRefused(shards: SiteModel['shards']): void;
  /** These shards should have come by now; the streams of others end: their shard is gone. */
  graceOver(shards: SiteModel['shards']): void;
  /** The owner ends: nobody is declared silent any more. */
  end(reason: CloseReason): void;
}

export function createShardLinks(parts: Parts): ShardLinks {
  const { links, epoch, catalogue, board, nowUs, onSilent, onHandover } = parts;
  const standing = createShardStanding(epoch, EPOCHS_PER_OWNER);
  let ended = false;
  let beats = 0;
  const take = (link: ShardLink): ShardLink => {
    const { configRevision = '', lastEpoch = 0 } = board.linked.get(link.shard) ?? {};
    Object.assign(link, { configRevision, lastEpoch });
    links.set(link.shard, link);
    board.linked.set(link.shard, link);
    if (beats < GRACE_BEATS) standing.expect(link);
    return link;
  };
  for (const link of links.values()) take(link);
  const linkOf = (shard: string): ShardLink => links.get(shard) ?? take(createShardLink(shard));
  const declareSilent = (link: ShardLink): void => {
    if (ended) return;
    const devices = [...catalogue.devicesOf(link.shard)];
    for (const device of devices) {
      board.health.set(device, silentHealth(link.shard, board.health.get(device), nowUs() / 1000));
      board.offline.add(device);
    }
    onSilent(devices);
  };
  const tell = (link: ShardLink, handover: Handover | undefined): void => {
    if (handover !== undefined) onHandover(link.shard, handover);
  };
  const leave = (link: ShardLink, stream: StreamState): void => {
    stream.open = false;
    link.streams.delete(stream);
    if (link.holder !== stream) return;
    if (ended) link.holder = undefined;
    else tell(link, standing.leave(link, stream));
    if (link.holder === undefined) declareSilent(link);
  };
  const close = (link: ShardLink, stream: StreamState, reason: CloseReason): void => {
    if (!stream.open) return;
    leave(link, stream);
    stream.port.close(reason);
  };
  const closeWhere = (shards: SiteModel['shards'], why: string, isOver: (stream: StreamState, own?: ModelShard) => boolean): void => {
    for (const link of links.values()) {
      const own = shards.find(({ name }) => name === link.shard);
      for (const stream of link.streams)
        if (isOver(stream, own)) close(link, stream, { code: 'Unauthenticated', message: `shard ${link.shard}: ${why}` });
    }
  };
  const isPossible = (given: number): boolean => given < (epoch + MAX_OWNERS_AHEAD) * EPOCHS_PER_OWNER;
  return {
    ownerAhead: (hello) =>
      standing.isAhead(hello.epoch) && isPossible(hello.epoch) ? Math.floor(hello.epoch / EPOCHS_PER_OWNER) : undefined,
    close,
    closed: (link, stream) => {
      if (stream.open) leave(link, stream);
    },
    open: (hello, port) => {
      const link = linkOf(hello.shard);
      const stream = createStream(port, isPossible(hello.epoch) ? hello : { ...hello, epoch: 0 });
      const older = [...link.streams].filter(({ instance }) => instance === hello.instance);
      const handover = standing.enter(link, stream);
      link.streams.add(stream);
      for (const one of older) close(link, one, { code: 'Fenced', message: 'a newer stream of this collector has come' });
      welcome(link, stream, hello.runs);
      tell(link, handover);
      return { link, stream };
    },
    beat: () => {
      beats += 1;
      for (const link of links.values()) {
        tell(link, standing.beat(link));
        const { holder } = link;
        if (holder !== undefined && holder.reportBeats > 0 && --holder.reportBeats === 0) declareSilent(link);
      }
    },
    acknowledge: (progress) => {
      for (const one of progress) acknowledge(linkOf(one.shard), one, nowUs());
    },
    askAgain: () => {
      for (const link of links.values())
        for (const stream of link.streams) {
          if (!stream.isAskedAgain) continue;
          if (link.holder === stream) standing.expect(link);
          close(link, stream, ASKED_AGAIN);
        }
    },
    closeRefused: (shards) => {
      const refused = ({ port }: StreamState, own: ModelShard | undefined) => own?.tokenHashes.includes(port.tokenHash) === false;
      closeWhere(shards, 'its token is no longer valid', refused);
    },
    graceOver: (shards) => {
      closeWhere(shards, 'it is no longer in the model of the site', (_stream, own) => own === undefined);
      for (const { name } of shards) if (linkOf(name).holder === undefined) declareSilent(linkOf(name));
    },
    end: (reason) => {
      ended = true;
      for (const link of links.values()) for (const stream of link.streams) close(link, stream, reason);
    },
  };
}

function welcome(link: ShardLink, stream: StreamState, runs: readonly string[]): void {
  const progress = runs.map((run) => ({ run, committed: [...progressOfRun(link, run).committed.ranges()] }));
  const { epoch, reason, port } = stream;
  port.send({ message: { $case: 'welcome', value: { epoch, progress, window: WINDOW, standing: toStanding(stream), reason } } });
}
