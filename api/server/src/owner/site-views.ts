import type { CollectorView } from '../ports.ts';
import type { StreamState } from './shard-link.ts';
import type { SiteOwner } from './site-owner.ts';

/** A shard as the operator is told of it. */
export interface ShardView {
  readonly shard: string;
  readonly connected: boolean;
  readonly configRevision: string;
  /** What its collector holds that is not committed, where the collector has no channel any more. */
  readonly heldBlocks?: number;
  /** Connected ones. */
  readonly collectors: number;
}

export function shardsOf(owner: SiteOwner | undefined): ShardView[] {
  if (owner === undefined) return [];
  return owner.model().shards.map(({ name }) => {
    const link = owner.board.linked.get(name);
    const streams = [...(link?.streams ?? [])];
    const heldBlocks = heldBlocksOf(streams);
    return {
      shard: name,
      connected: link?.holder !== undefined,
      configRevision: link?.configRevision ?? '',
      ...(heldBlocks === undefined ? {} : { heldBlocks }),
      collectors: streams.length,
    };
  });
}

/** Of all collectors of a shard, where each of them says what it holds. */
function heldBlocksOf(streams: readonly StreamState[]): number | undefined {
  const held = streams.map(({ heldBlocks }) => heldBlocks).filter((each) => each !== undefined);
  return held.length > 0 && held.length === streams.length ? held.reduce((sum, each) => sum + each, 0) : undefined;
}

/** Of one shard the active one first. */
export function collectorsOf(owner: SiteOwner | undefined): CollectorView[] {
  if (owner === undefined) return [];
  return owner.model().shards.flatMap(({ name }) => {
    const streams = [...(owner.board.linked.get(name)?.streams ?? [])].sort((a, b) => a.standing.localeCompare(b.standing));
    return streams.map(({ instance, standing, reason, problem }) => ({
      shard: name,
      instance,
      standing,
      reason,
      ...(problem === undefined ? {} : { problem }),
    }));
  });
}
