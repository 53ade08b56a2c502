import { createAuthority, createLogger, grpcStatus } from '@kubeplant/kit';
import { Standing } from '@kubeplant/proto';
import { trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EncodedBlock } from '../block/block-buffer.ts';
import { createBlockBuilder } from '../block/create-block-builder.ts';
import { createMemoryBuffer } from '../block/create-memory-buffer.ts';
import { createRunDictionary } from '../block/create-run-dictionary.ts';
import { createClock } from '../create-clock.ts';
import { type FakeOwner, startFakeOwner } from '../testing/start-fake-owner.ts';
import { startUplink, type Uplink } from './start-uplink.ts';

const clock = createClock();
const log = createLogger({ name: 'test', level: 'silent' });
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** An uplink to `owner` and a way to make blocks of one reading. */
function connect(owner: FakeOwner, endpoint = owner.endpoint, silenceMs?: number) {
  const dictionary = createRunDictionary('01RUN');
  const buffer = createMemoryBuffer({ maxBytes: 1 << 20, onEpisode: () => {}, onLost: () => {}, onCommitted: () => {} });
  const told: string[] = [];
  const uplink: Uplink = startUplink({
    endpoint,
    readCredentials: () => ({ token: 'secret-token', caPem: owner.caPem }),
    clock,
    log,
    tracer: trace.getTracer('test'),
    minBackoffMs: 10,
    maxBackoffMs: 40,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    fencedBackoffMs: 400,
    onTold: ({ active, reason }) => told.push(`${active ? 'active' : 'standby'} ${reason}`),
    onRenewed: () => told.push('renewed'),
    session: {
      buffer,
      dictionary,
      nowUs: () => clock.nowUs(),
      identity: { tenant: 'local/plant', site: 'station', shard: 's-0', collectorVersion: '1', instance: 's-0-0' },
      isStandby: () => false,
      fullHealth: () => ({ configRevision: 'r1', devices: [] }),
    },
  });
  open.push(uplink);
  const builder = createBlockBuilder({
    run: dictionary.run,
    clock,
    takeLost: () => buffer.takeLost(),
    onBlock: (block) => {
      buffer.append(block);
      uplink.notify();
    },
  });
  let value = 0;
  const makeBlocks = (count: number, tag = 'level') => {
    for (let i = 0; i < count; i++) {
      const id = dictionary.tagId('tank', { name: tag, text: false, simulated: false });
      const nowUs = clock.nowUs();
      builder.add({ tag: id, timeUs: nowUs, receivedUs: nowUs, value: ++value, status: 0, flags: 0 });
      builder.flush();
    }
  };
  return { uplink, buffer, dictionary, makeBlocks, told };
}

async function startOwner(options?: Parameters<typeof startFakeOwner>[0]): Promise<FakeOwner> {
  const owner = await startFakeOwner(options);
  open.push(owner);
  return owner;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });
const seqs = (owner: FakeOwner) => owner.blocks.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('startUplink', () => {
  it('says hello with its token, then health, then each run before the block that needs it', async () => {
    const owner = await startOwner();
    const { makeBlocks, buffer } = connect(owner);
    makeBlocks(1);
    await until(() => expect(buffer.count).toBe(0));
    makeBlocks(1, 'flow');
    await until(() => expect(seqs(owner)).toEqual([1, 2]));
    expect(owner.tokens).toEqual(['secret-token']);
    expect(owner.hellos[0]).toMatchObject({ tenant: 'local/plant', site: 'station', shard: 's-0', runs: [] });
    expect(owner.order).toEqual(['hello', 'health', 'run', 'block', 'run', 'block']);
    expect(owner.runs[1]).toMatchObject({ devices: [], tags: [{ id: 2, tag: 'flow' }] });
  });

  it('says which run it is before a block that only tells of losses', async () => {
    const owner = await startOwner();
    const { buffer, uplink } = connect(owner);
    const lost = [{ fromUs: 1, untilUs: 2, readings: 3, blocks: 1, reason: 'BufferDamaged' }];
    const onBlock = (block: EncodedBlock): void => buffer.append(block);
    createBlockBuilder({ run: '01RUN', clock, takeLost: () => lost, onBlock }).flush();
    uplink.notify();
    await until(() => expect(owner.order).toEqual(['hello', 'health', 'run', 'block']));
    expect(owner.runs).toEqual([{ run: '01RUN', devices: [], tags: [] }]);
  });

  it('keeps blocks through an outage and sends each once, in order', async () => {
    const authority = await createAuthority({ commonName: 'test', days: 1 });
    const owner = await startOwner({ authority });
    const port = Number(owner.endpoint.split(':')[1]);
    const { makeBlocks, buffer, uplink } = connect(owner);
    makeBlocks(5);
    await until(() => expect(buffer.count).toBe(0));
    await owner.close();
    await until(() => expect(uplink.connected).toBe(false));
    makeBlocks(100);
    expect(buffer.count).toBe(100);
    const again = await startOwner({ port, authority });
    await until(() => expect(buffer.count).toBe(0));
    expect(again.hellos.at(-1)).toMatchObject({ runs: ['01RUN'] });
    expect(seqs(again)).toEqual(upTo(105).slice(5));
    expect(again.runs).toMatchObject([{ devices: [{ id: 1, device: 'tank' }] }]);
  });

  it('sends again what was not committed when streams are cut at any block, and loses and doubles nothing', async () => {
    const owner = await startOwner();
    Object.assign(owner.behaviour, { commit: 'quietly', cutAfterBlocks: 3 });
    const { makeBlocks, buffer } = connect(owner);
    makeBlocks(40);
    await until(() => expect(owner.committedOf('01RUN').size).toBe(40));
    owner.commit();
    await until(() => expect(buffer.count).toBe(0));
    expect(owner.hellos.length).toBe(14);
    expect([...owner.committedOf('01RUN')].sort((a, b) => a - b)).toEqual(upTo(40));
    // Welcome names what was committed without a word, so it does not come twice.
    expect(seqs(owner)).toEqual(upTo(40));
  });

  it('sends the same bytes again when an acknowledgement and the commit are lost', async () => {
    const owner = await startOwner();
    owner.behaviour.commit = 'no';
    const { makeBlocks, buffer } = connect(owner);
    makeBlocks(3);
    await until(() => expect(seqs(owner)).toEqual([1, 2, 3]));
    owner.cut();
    await until(() => expect(seqs(owner)).toEqual([1, 2, 3, 1, 2, 3]));
    expect(owner.blocks.slice(3)).toEqual(owner.blocks.slice(0, 3));
    owner.commit(2);
    await until(() => expect(buffer.count).toBe(2));
    owner.commit(1, 3);
    await until(() => expect(buffer.count).toBe(0));
  });

  it('sends no more than the window beyond the last Received', async () => {
    const owner = await startOwner();
    Object.assign(owner.behaviour, { window: 4, receive: false, commit: 'no' });
    const { makeBlocks, uplink } = connect(owner);
    await until(() => expect(uplink.connected).toBe(true));
    makeBlocks(10);
    await until(() => expect(seqs(owner)).toEqual([1, 2, 3, 4]));
    owner.send({ $case: 'received', value: { run: '01RUN', seq: 3, blocks: 3 } });
    await until(() => expect(seqs(owner)).toEqual([1, 2, 3, 4, 5, 6, 7]));
    expect(uplink.inFlight).toBe(4);
    owner.send({ $case: 'received', value: { run: '01RUN', seq: 3, blocks: 3 } });
    owner.send({ $case: 'received', value: { run: '01RUN', seq: 7, blocks: 7 } });
    await until(() => expect(seqs(owner)).toEqual(upTo(10)));
  });

  it('sends what is cut now before what has waited, and the rest beside it', async () => {
    const owner = await startOwner();
    owner.behaviour.answer = 'Nothing';
    const { makeBlocks, uplink } = connect(owner);
    makeBlocks(200);
    await until(() => expect(owner.hellos.length).toBe(1));
    Object.assign(owner.behaviour, { answer: 'Welcome', receive: false, commit: 'no' });
    owner.cut();
    await until(() => expect(seqs(owner)).toEqual(upTo(5)));
    makeBlocks(4);
    await until(() => expect(seqs(owner).slice(5)).toEqual([201, 202, 203, 204]));
    owner.send({ $case: 'received', value: { run: '01RUN', seq: 204, blocks: 9 } });
    await until(() => expect(uplink.inFlight).toBe(0));
    owner.commit(1, 2, 3);
    await until(() => expect(seqs(owner).slice(9)).toEqual([6, 7, 8]));
  });

  it('passes on who may poll, and stays on the stream as a standby', async () => {
    const owner = await startOwner();
    Object.assign(owner.behaviour, { standing: Standing.STANDING_STANDBY, reason: 'HeldByPeer: s-0-1 polls' });
    const { makeBlocks, buffer, told, uplink } = connect(owner);
    makeBlocks(2);
    await until(() => expect(buffer.count).toBe(0));
    owner.send({ $case: 'turn', value: { epoch: 7, standing: Standing.STANDING_ACTIVE, reason: '' } });
    owner.send({ $case: 'renewed', value: { epoch: 7 } });
    owner.send({ $case: 'turn', value: { epoch: 8, standing: Standing.STANDING_STANDBY, reason: 'HeldByPeer: s-0-1 polls again' } });
    await until(() =>
      expect(told).toEqual(['standby HeldByPeer: s-0-1 polls', 'active ', 'renewed', 'standby HeldByPeer: s-0-1 polls again']),
    );
    expect(uplink.epoch).toBe(7);
    expect(owner.hellos.length).toBe(1);
  });

  it('waits long when another collector of its name has taken over', async () => {
    const owner = await startOwner();
    const { told, uplink } = connect(owner);
    await until(() => expect(uplink.connected).toBe(true));
    owner.cut(grpcStatus.ABORTED);
    await until(() => expect(told.at(-1)).toMatch(/^standby Fenced: /));
    await new Promise((resolve) => setTimeout(resolve, 100)); // many times the usual wait
    expect(owner.hellos.length).toBe(1);
    await until(() => expect(owner.hellos.length).toBe(2));
  });

  it('waits ever longer while streams end without having served', async () => {
    const owner = await startOwner();
    owner.behaviour.answer = 'Nothing';
    connect(owner);
    const waits: number[] = [];
    for (let i = 1; i <= 10; i++) {
      await until(() => expect(owner.hellos.length).toBe(i));
      const cutMs = performance.now();
      owner.behaviour.answer = 'Welcome';
      owner.cut();
      await until(() => expect(owner.hellos.length).toBe(i + 1));
      waits.push(performance.now() - cutMs);
    }
    // 10 ms and a fifth more each time up to 40 ms, or half of that: a Welcome alone begins nothing anew.
    expect(waits[9]).toBeGreaterThan(20);
  });

  it('follows a redirect to the owner', async () => {
    const owner = await startOwner();
    const other = await startOwner();
    Object.assign(other.behaviour, { answer: 'Redirect', redirectTo: owner.endpoint });
    const { makeBlocks, buffer } = connect({ ...owner, caPem: `${other.caPem}\n${owner.caPem}` }, other.endpoint);
    makeBlocks(2);
    await until(() => expect(buffer.count).toBe(0));
    expect(seqs(owner)).toEqual([1, 2]);
    expect(other.blocks).toEqual([]);
  });

  it('asks again when the owner is not known yet', async () => {
    const owner = await startOwner();
    owner.behaviour.answer = 'Redirect';
    const { makeBlocks, buffer } = connect(owner);
    makeBlocks(1);
    await until(() => expect(owner.hellos.length).toBeGreaterThan(2));
    owner.behaviour.answer = 'Welcome';
    await until(() => expect(buffer.count).toBe(0));
  });

  it('refuses an epoch lower than one it was given', async () => {
    const owner = await startOwner();
    owner.behaviour.epoch = 5;
    const { makeBlocks, uplink, buffer } = connect(owner);
    await until(() => expect(uplink.epoch).toBe(5));
    owner.behaviour.epoch = 4;
    owner.cut();
    await until(() => expect(owner.hellos.length).toBeGreaterThan(2));
    makeBlocks(1);
    expect(uplink.connected).toBe(false);
    owner.behaviour.epoch = 6;
    await until(() => expect(buffer.count).toBe(0));
    expect(uplink.epoch).toBe(6);
  });

  it('gives up a stream on which blocks go and nothing comes back', async () => {
    const owner = await startOwner();
    Object.assign(owner.behaviour, { receive: false, commit: 'no' });
    const { makeBlocks, buffer } = connect(owner, owner.endpoint, 300);
    makeBlocks(1);
    await until(() => expect(owner.hellos.length).toBe(2));
    Object.assign(owner.behaviour, { receive: true, commit: 'yes' });
    await until(() => expect(buffer.count).toBe(0));
  });

  it('does not send to a server that another authority vouches for', async () => {
    const owner = await startOwner();
    const stranger = await startOwner();
    const { makeBlocks, uplink } = connect(owner, stranger.endpoint);
    makeBlocks(1);
    await uplink.drain(200);
    expect(stranger.hellos).toEqual([]);
    expect(uplink.connected).toBe(false);
  });

  it('keeps sending when the stream is full, and drains', async () => {
    const owner = await startOwner();
    owner.behaviour.window = 1000;
    const { makeBlocks, uplink } = connect(owner);
    makeBlocks(500);
    expect(await uplink.drain(5000)).toBe(true);
    expect(seqs(owner)).toEqual(upTo(500));
  });
});
