import { Standing } from '@kubeplant/proto';
import type { Grace, ShardLink, StreamState } from './shard-link.ts';

/** How often the owner beats: it renews who is active and counts who is silent. By beats, so that a pause of our own is no silence of theirs. */
export const BEAT_MS = 1_000;
/** Beats without a word after which a collector counts as silent; it speaks at least every 2 s. */
export const SILENT_BEATS = 5;
/** Beats during which the collector that was active before is waited for. */
export const GRACE_BEATS = 2;
/** Beats a collector that was just made active has to say how its devices are. */
const REPORT_BEATS = 5;

/** The shard has gone from one collector to another. */
export interface Handover {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** Who of a shard's collectors may poll: at most one, whose epoch is the highest. Streams are told by these functions. */
export interface ShardStanding {
  /** True when a collector has an epoch that neither this owner nor one before it can have given. */
  isAhead(epoch: number): boolean;
  /** Wait for whoever was active last: at the start of an owner, or because its stream is about to be closed by us. */
  expect(link: ShardLink): void;
  /** A stream has come, its collector's older one included in `link.streams`: sets its standing, and takes the shard from another where that is due. */
  enter(link: ShardLink, stream: StreamState): Handover | undefined;
  /** A stream has gone. What is returned is the collector that holds the shard now in its place. */
  leave(link: ShardLink, stream: StreamState): Handover | undefined;
  /** Renew, and pass on the shard of a collector that is silent. */
  beat(link: ShardLink): Handover | undefined;
}

/** `ownerEpoch`: the epochs of an owner are `ownerEpoch × perOwner` and above, so that they rise over all owners. */
export function createShardStanding(ownerEpoch: number, perOwner: number): ShardStanding {
  let last = ownerEpoch * perOwner;
  const activate = (link: ShardLink, stream: StreamState): void => {
    last = Math.max(last, stream.epochBefore) + 1;
    Object.assign(stream, { standing: 'Active', reason: '', epoch: last, quietBeats: 0 });
    link.holder = stream;
    link.lastEpoch = last;
  };
  /** It polls already, or was active last. */
  const mayPoll = (stream: StreamState, { atLeast }: Grace): boolean => !stream.waits || stream.epochBefore >= atLeast;
  /** Its epoch is of the time before the grace, and the highest that was heard of. */
  const polledBefore = (stream: StreamState, holder: StreamState, grace: Grace | undefined): boolean =>
    grace !== undefined &&
    mayPoll(stream, grace) &&
    stream.epochBefore > holder.epochBefore &&
    (stream.epochBefore <= grace.began || stream.epochBefore > last);
  const handOver = (link: ShardLink, stream: StreamState, from: string, why: string): Handover => {
    activate(link, stream);
    stream.reportBeats = REPORT_BEATS;
    sendTurn(stream);
    return { from, to: stream.instance, why };
  };
  const depose = (link: ShardLink, holder: StreamState, by: string): void => {
    standBy(holder, heldByPeer(link, by));
    sendTurn(holder);
  };
  /** The waiting collector that was active last; one that is silent itself is none. */
  const nextOf = (link: ShardLink): StreamState | undefined =>
    [...link.streams]
      .filter((one) => one.open && one.standing === 'Standby' && !isSilent(one))
      .sort((a, b) => b.epochBefore - a.epochBefore)[0];

  return {
    isAhead: (epoch) => epoch > last,
    expect: (link) => {
      link.grace = { beats: GRACE_BEATS, began: last, atLeast: link.lastEpoch || Infinity };
    },
    enter: (link, stream) => {
      const { holder, grace } = link;
      if (holder === undefined) {
        if (grace !== undefined && !mayPoll(stream, grace))
          standBy(stream, `Starting: it is not known yet which collector holds shard ${link.shard}`);
        else activate(link, stream);
        return undefined;
      }
      if (holder.instance === stream.instance) {
        activate(link, stream);
        return undefined;
      }
      const wasActiveLater = polledBefore(stream, holder, grace);
      if (!wasActiveLater && !isSilent(holder)) {
        standBy(stream, heldByPeer(link, holder.instance));
        return undefined;
      }
      depose(link, holder, stream.instance);
      activate(link, stream);
      stream.reportBeats = REPORT_BEATS;
      return { from: holder.instance, to: stream.instance, why: wasActiveLater ? 'it was active before' : 'the other one is silent' };
    },
    leave: (link, stream) => {
      if (link.holder !== stream) return undefined;
      link.holder = undefined;
      const next = link.grace === undefined ? nextOf(link) : undefined;
      return next === undefined ? undefined : handOver(link, next, stream.instance, 'the stream of the other one has ended');
    },
    beat: (link) => {
      for (const stream of link.streams) if (!stream.busy) stream.quietBeats += 1;
      if (link.grace !== undefined && --link.grace.beats <= 0) link.grace = undefined;
      const { holder } = link;
      const next = holder === undefined || isSilent(holder) ? nextOf(link) : undefined;
      if (next !== undefined && link.grace === undefined) {
        if (holder !== undefined) depose(link, holder, next.instance);
        return handOver(link, next, holder?.instance ?? '', holder === undefined ? 'no other one has come' : 'the other one is silent');
      }
      holder?.port.send({ message: { $case: 'renewed', value: { epoch: holder.epoch } } });
      return undefined;
    },
  };
}

const isSilent = (stream: StreamState): boolean => stream.quietBeats >= SILENT_BEATS;

const heldByPeer = ({ shard }: ShardLink, instance: string): string => `HeldByPeer: collector ${instance} holds shard ${shard}`;

/** Epoch 0: it is given none, so that the highest it remembers is of a time when it was active. */
function standBy(stream: StreamState, reason: string): void {
  Object.assign(stream, { standing: 'Standby', reason, epoch: 0, reportBeats: 0 });
}

export const toStanding = ({ standing }: StreamState): Standing =>
  standing === 'Active' ? Standing.STANDING_ACTIVE : Standing.STANDING_STANDBY;

function sendTurn(stream: StreamState): void {
  const { epoch, reason } = stream;
  stream.port.send({ message: { $case: 'turn', value: { epoch, standing: toStanding(stream), reason } } });
}
