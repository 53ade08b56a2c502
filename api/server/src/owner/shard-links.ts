import type { SiteModel } from '@kubeplant/crds/model';
import { type Hello, Standing } from '@kubeplant/proto';
import type { Batch } from './batch.ts';
import type { Catalogue } from './catalogue.ts';
import { type DeviceBoard, silentHealth } from './device-board.ts';
import {
  acknowledge,
  type CloseReason,
  createShardLink,
  progressOfRun,
  type ShardLink,
  type StreamPort,
  type StreamState,
} from './shard-link.ts';

/** Streams of one site over the life of an epoch. */
const EPOCHS_PER_OWNER = 2 ** 24;
const WINDOW = 32;

interface Parts {
  readonly links: Map<string, ShardLink>;
  /** Epoch of the site: the upper part of the epochs given to shards, so that they rise over all owners. */
  readonly epoch: number;
  readonly catalogue: Catalogue;
  readonly board: DeviceBoard;
  readonly nowUs: () => number;
  /** The collector of these devices is gone. */
  readonly onSilent: (devices: readonly string[]) => void;
}

type ModelShard = SiteModel['shards'][number];

/** The shards of a site and their streams: at most one is current, a newer one fences the older. */
export interface ShardLinks {
  open(hello: Hello, port: StreamPort): { readonly link: ShardLink; readonly stream: StreamState };
  /** End a stream from our side. */
  close(link: ShardLink, stream: StreamState, reason: CloseReason): void;
  /** A stream has ended by itself. */
  closed(link: ShardLink, stream: StreamState): void;
  acknowledge(progress: Batch['progress']): void;
  /** These shards should have come by now. */
  declareMissing(shards: readonly string[]): void;
  /** End the streams whose token is no longer their shard's. */
  closeRefused(shards: SiteModel['shards']): void;
  /** End the streams whose shard is gone. */
  closeRemoved(shards: SiteModel['shards']): void;
  /** The owner ends: nobody is declared silent any more. */
  end(reason: CloseReason): void;
}

export function createShardLinks({ links, epoch, catalogue, board, nowUs, onSilent }: Parts): ShardLinks {
  let streams = 0;
  let ended = false;
  const linkOf = (shard: string): ShardLink => {
    const link = links.get(shard) ?? createShardLink(shard);
    links.set(shard, link);
    return link;
  };
  const declareSilent = (link: ShardLink): void => {
    if (ended) return;
    const devices = [...catalogue.devicesOf(link.shard)];
    for (const device of devices) {
      board.health.set(device, silentHealth(link.shard, board.health.get(device), nowUs() / 1000));
      board.offline.add(device);
    }
    onSilent(devices);
  };
  const leave = (link: ShardLink, stream: StreamState): void => {
    stream.open = false;
    if (link.current !== stream) return;
    link.current = undefined;
    declareSilent(link);
  };
  const close = (link: ShardLink, stream: StreamState, reason: CloseReason): void => {
    if (!stream.open) return;
    leave(link, stream);
    stream.port.close(reason);
  };
  const closeWhere = (shards: SiteModel['shards'], why: string, isOver: (stream: StreamState, own?: ModelShard) => boolean): void => {
    for (const link of links.values()) {
      const own = shards.find(({ name }) => name === link.shard);
      if (link.current !== undefined && isOver(link.current, own))
        close(link, link.current, { code: 'Unauthenticated', message: `shard ${link.shard}: ${why}` });
    }
  };
  return {
    close,
    closed: (link, stream) => {
      if (stream.open) leave(link, stream);
    },
    open: (hello, port) => {
      const link = linkOf(hello.shard);
      streams += 1;
      const stream: StreamState = { port, epoch: epoch * EPOCHS_PER_OWNER + streams, dictionaries: new Map(), open: true, blocks: 0 };
      const older = link.current;
      link.current = stream;
      if (older !== undefined) close(link, older, { code: 'Fenced', message: 'a newer stream of this shard has come' });
      const progress = hello.runs.map((run) => ({ run, committed: [...progressOfRun(link, run).committed.ranges()] }));
      port.send({
        message: {
          $case: 'welcome',
          value: { epoch: stream.epoch, progress, window: WINDOW, standing: Standing.STANDING_ACTIVE, reason: '' },
        },
      });
      board.linked.set(hello.shard, link);
      return { link, stream };
    },
    acknowledge: (progress) => {
      for (const { shard, run, ranges } of progress) acknowledge(linkOf(shard), run, ranges);
    },
    declareMissing: (shards) => {
      for (const link of shards.map(linkOf)) if (link.current === undefined) declareSilent(link);
    },
    closeRefused: (shards) => {
      const refused = ({ port }: StreamState, own: ModelShard | undefined) => own?.tokenHashes.includes(port.tokenHash) === false;
      closeWhere(shards, 'its token is no longer valid', refused);
    },
    closeRemoved: (shards) => closeWhere(shards, 'it is no longer in the model of the site', (_stream, own) => own === undefined),
    end: (reason) => {
      ended = true;
      for (const link of links.values()) if (link.current !== undefined) close(link, link.current, reason);
    },
  };
}
