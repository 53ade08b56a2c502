import { type OwnerMessage, Standing } from '@kubeplant/proto';
import { describe, expect, it } from 'vitest';
import { createShardLink, createStream, type ShardLink, type StreamState } from './shard-link.ts';
import { createShardStanding, GRACE_BEATS, type Handover, SILENT_BEATS, type ShardStanding } from './shard-standing.ts';

const PER_OWNER = 1_000;
const OWNER_EPOCH = 3;
const FIRST = OWNER_EPOCH * PER_OWNER + 1;

type Told = NonNullable<OwnerMessage['message']>;

/** A shard with collectors that come, speak and go as the test says. */
function createShard(ownerEpoch = OWNER_EPOCH) {
  const standing: ShardStanding = createShardStanding(ownerEpoch, PER_OWNER);
  const link: ShardLink = createShardLink('s-0');
  const told = new Map<StreamState, Told[]>();
  const join = (instance: string, { epoch = 0, waits = false } = {}) => {
    const messages: Told[] = [];
    const send = ({ message }: OwnerMessage): void => void (message === undefined || messages.push(message));
    const stream = createStream({ tokenHash: '', send, close: () => {} }, { instance, epoch, standby: waits, runs: [] });
    told.set(stream, messages);
    const handover = standing.enter(link, stream);
    link.streams.add(stream);
    for (const older of [...link.streams]) if (older !== stream && older.instance === instance) part(older);
    return { stream, messages, handover };
  };
  const part = (stream: StreamState): Handover | undefined => {
    stream.open = false;
    link.streams.delete(stream);
    return standing.leave(link, stream);
  };
  const beat = (count: number, ...heard: StreamState[]): Handover[] => {
    const handovers: Handover[] = [];
    for (let one = 0; one < count; one += 1) {
      for (const stream of heard) stream.quietBeats = 0;
      const handover = standing.beat(link);
      if (handover !== undefined) handovers.push(handover);
    }
    return handovers;
  };
  return { standing, link, join, part, beat };
}

const turns = (messages: readonly Told[]) => messages.flatMap((one) => (one.$case === 'turn' ? [one.value] : []));

describe('who of the collectors of a shard may poll', () => {
  it('is the first that comes, and it hears every beat that it still is', () => {
    const { join, beat, link } = createShard();
    const { stream, messages } = join('a');
    expect(stream).toMatchObject({ standing: 'Active', epoch: FIRST, reason: '' });
    beat(2, stream);
    expect(messages).toEqual([1, 2].map(() => ({ $case: 'renewed', value: { epoch: FIRST } })));
    expect(link.holder).toBe(stream);
  });

  it('is the newer stream of the same collector at once, with a higher epoch, whoever else waits', () => {
    const { join } = createShard();
    const before = join('a').stream;
    const waiting = join('b').stream;
    const after = join('a', { epoch: before.epoch }).stream;
    expect(after).toMatchObject({ standing: 'Active', epoch: FIRST + 1 });
    expect(waiting).toMatchObject({ standing: 'Standby', epoch: 0, reason: 'HeldByPeer: collector a holds shard s-0' });
  });

  it('goes to the one that waits when the stream of the other ends, and does not go back', () => {
    const { join, part, beat } = createShard();
    const a = join('a').stream;
    const b = join('b');
    expect(part(a)).toEqual({ from: 'a', to: 'b', why: 'the stream of the other one has ended' });
    expect(turns(b.messages)).toEqual([{ epoch: FIRST + 1, standing: Standing.STANDING_ACTIVE, reason: '' }]);
    const again = join('a', { epoch: a.epoch });
    expect(again.stream.standing).toBe('Standby');
    expect(beat(100, again.stream, b.stream)).toEqual([]);
  });

  it('goes on after 5 s of silence, and whoever was silent is told so', () => {
    const { join, beat } = createShard();
    const a = join('a');
    const b = join('b');
    expect(beat(SILENT_BEATS - 1, b.stream)).toEqual([]);
    expect(beat(1, b.stream)).toEqual([{ from: 'a', to: 'b', why: 'the other one is silent' }]);
    expect(turns(a.messages)).toEqual([
      { epoch: 0, standing: Standing.STANDING_STANDBY, reason: 'HeldByPeer: collector b holds shard s-0' },
    ]);
    expect(beat(100, a.stream, b.stream)).toEqual([]);
  });

  it('stays with one that is silent while nobody else is there, and with one whose message is being taken', () => {
    const alone = createShard();
    const { stream } = alone.join('a');
    expect(alone.beat(100)).toEqual([]);
    expect(alone.link.holder).toBe(stream);
    const busy = createShard();
    busy.join('a').stream.busy = true;
    const b = busy.join('b').stream;
    expect(busy.beat(100, b)).toEqual([]);
  });

  it('is not one that is silent itself', () => {
    const { join, part, beat, link } = createShard();
    const a = join('a').stream;
    const b = join('b').stream;
    beat(SILENT_BEATS, a);
    expect(part(a)).toBeUndefined();
    expect(link.holder).toBeUndefined();
    expect(beat(1, b)).toEqual([{ from: '', to: 'b', why: 'no other one has come' }]);
  });

  it('is, after a restart of the owner, the one that polls and not the standby that reconnects faster', () => {
    const { standing, link, join, beat } = createShard();
    standing.expect(link);
    const waits = join('b', { epoch: 2_001, waits: true });
    expect(waits.stream).toMatchObject({ standing: 'Standby', reason: expect.stringMatching(/^Starting: /) });
    const polls = join('a', { epoch: 2_002 });
    expect(polls.stream.standing).toBe('Active');
    expect(beat(100, polls.stream, waits.stream)).toEqual([]);
  });

  it('is, after a restart of the owner, of two that poll the one that was active last, whoever comes first', () => {
    const { standing, link, join, beat } = createShard();
    standing.expect(link);
    const older = join('b', { epoch: 2_001 });
    const newer = join('a', { epoch: 2_002 });
    expect(newer.handover).toEqual({ from: 'b', to: 'a', why: 'it was active before' });
    expect(turns(older.messages)).toMatchObject([{ standing: Standing.STANDING_STANDBY }]);
    expect(join('b', { epoch: FIRST }).stream.standing).toBe('Standby');
    expect(beat(GRACE_BEATS, newer.stream)).toEqual([]);
    expect(join('c', { epoch: 2_999 }).stream.standing).toBe('Standby');
  });

  it('is a standby when nobody else has come in time', () => {
    const { standing, link, join, beat } = createShard();
    standing.expect(link);
    const { stream, messages } = join('b', { waits: true });
    expect(beat(GRACE_BEATS, stream)).toEqual([{ from: '', to: 'b', why: 'no other one has come' }]);
    expect(turns(messages)).toMatchObject([{ standing: Standing.STANDING_ACTIVE }]);
  });

  it('is the same one again when we close its stream ourselves', () => {
    const { standing, link, join, part, beat } = createShard();
    const a = join('a').stream;
    const b = join('b').stream;
    standing.expect(link);
    expect(part(a)).toBeUndefined();
    expect(b.standing).toBe('Standby');
    const again = join('a', { epoch: a.epoch, waits: true }).stream;
    expect(again).toMatchObject({ standing: 'Active', epoch: FIRST + 1 });
    expect(beat(100, again, b)).toEqual([]);
  });

  it('has an epoch above all given before, also by a database that has gone back in time', () => {
    const { join } = createShard();
    expect(join('a', { epoch: 77_777 }).stream.epoch).toBe(77_778);
    expect(join('a', { epoch: 5 }).stream.epoch).toBe(77_779);
  });

  it('is never two, and its epochs only rise, whatever comes and goes', () => {
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const { standing, link, join, part, beat } = createShard();
    standing.expect(link);
    let highest = 0;
    const epochs = new Map<string, number>();
    for (let step = 0; step < 20_000; step += 1) {
      const instance = 'abc'[random(3)] ?? 'a';
      const open = [...link.streams];
      const holder = link.holder;
      const quiet = holder?.quietBeats ?? SILENT_BEATS;
      const inGrace = link.grace !== undefined;
      const action = random(4);
      const one = open[random(Math.max(1, open.length))];
      if (action === 0) join(instance, { epoch: epochs.get(instance) ?? 0, waits: random(2) === 0 });
      else if (action === 1 && one !== undefined) part(one);
      else if (action === 2 && one !== undefined) one.quietBeats = 0;
      else beat(1);
      const active = [...link.streams].filter((stream) => stream.standing === 'Active');
      expect(active.length).toBeLessThanOrEqual(1);
      expect(link.holder).toBe(active[0]);
      if (link.holder === undefined || link.holder === holder) continue;
      expect(link.holder.epoch).toBeGreaterThan(highest);
      highest = link.holder.epoch;
      epochs.set(link.holder.instance, highest);
      const lost = holder === undefined || !link.streams.has(holder) || quiet >= SILENT_BEATS - 1 || inGrace;
      expect(lost || link.holder.instance === holder.instance).toBe(true);
    }
  });
});
