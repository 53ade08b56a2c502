import { Block } from '@kubeplant/proto';
import { beforeEach, describe, expect, it } from 'vitest';
import { nameOut, settle, takeAll } from '../testing/create-log-rig.ts';
import { createLogWorld, deliver, range, sent, upTo } from '../testing/log-world.ts';

let { disk, start, pass, segments } = createLogWorld();

beforeEach(() => {
  ({ disk, start, pass, segments } = createLogWorld());
});

describe('a log buffer', () => {
  it('sends what a process before left, with what its numbers mean, before what waits of this one', async () => {
    const first = await start({ run: '01A' });
    first.add(3);
    await pass(1000);
    disk.crash();
    const second = await start({ run: '01B' });
    expect(second.formerRuns).toBe(1);
    expect(second.buffer.runs()).toEqual(['01A']);
    second.add(2);
    expect(second.buffer.count).toBe(5);
    expect(await sent(second)).toEqual(['dictionary 01A', ...upTo('01A', 3), ...upTo('01B', 2)]);
  });

  it('sends what is cut while it sends as fresh', async () => {
    const rig = await start();
    rig.add(2);
    const delivery = deliver(rig);
    rig.add(1);
    expect(nameOut(delivery.nextLive()!)).toBe('01RUN:3');
    expect(delivery.nextLive()).toBeUndefined();
    expect((await takeAll(delivery)).map(nameOut)).toEqual(upTo('01RUN', 2));
  });

  it('sends the same bytes that were cut', async () => {
    const first = await start({ run: '01A' });
    first.add(2, 5000);
    const before = (await takeAll(deliver(first))).map((out) => (out.kind === 'block' ? out.bytes : undefined));
    await pass(1000);
    const second = await start({ run: '01B' });
    const after = (await takeAll(deliver(second))).flatMap((out) => (out.kind === 'block' ? [out.bytes] : []));
    expect(after).toEqual(before);
    expect(after.map((bytes) => Block.decode(bytes).value)).toEqual([[1], [2]]);
  });

  it('loses nothing that was synced when the power fails, and nothing that was sent is sent in another form', async () => {
    const first = await start({ run: '01A' });
    first.add(5);
    await pass(1000);
    first.add(5);
    await settle();
    disk.crash();
    const second = await start({ run: '01B' });
    const back = (await sent(second)).slice(1);
    expect(back.slice(0, 5)).toEqual(upTo('01A', 5));
    expect(back).toEqual(upTo('01A', back.length));
    expect(second.lost).toEqual([]);
  });

  it('does not send again what the database has', async () => {
    const rig = await start();
    rig.add(5);
    await pass(1000);
    expect(await sent(rig, [range('01RUN', 2, 4)])).toEqual(['01RUN:1', '01RUN:5']);
    rig.buffer.commit([range('01RUN', 1, 5)]);
    expect(rig.buffer.count).toBe(0);
    expect(rig.committed.reduce((a, b) => a + b)).toBe(5);
  });

  it('keeps what is committed for ten minutes and sends it again when the database was restored', async () => {
    const rig = await start();
    rig.add(4);
    await pass(1000);
    deliver(rig).close();
    rig.buffer.commit([range('01RUN', 1, 4)]);
    expect(rig.buffer.count).toBe(0);
    await pass(300_000, 5000);
    expect(rig.buffer.runs()).toEqual(['01RUN']);
    expect(await sent(rig, [range('01RUN', 1, 2)])).toEqual(['01RUN:3', '01RUN:4']);
    rig.buffer.commit([range('01RUN', 1, 4)]);
    await pass(1_300_000, 20_000);
    expect(segments()).toEqual([]);
    expect(rig.buffer.runs()).toEqual([]);
  });

  it('tells the next process what is committed, so that it neither holds nor asks for it', async () => {
    const first = await start({ run: '01A' });
    first.add(4);
    await settle();
    first.buffer.commit([range('01A', 1, 3)]);
    await first.buffer.close();
    const second = await start({ run: '01B' });
    expect(second.buffer.count).toBe(1);
  });

  it('sends what was committed before it was written, when the database was restored', async () => {
    const rig = await start();
    const done = Promise.withResolvers<void>();
    disk.fault = (operation) => (operation === 'append' ? done.promise.then(() => undefined) : undefined);
    rig.add(1);
    await settle(); // it is being written; what comes now is not
    rig.add(3);
    const delivery = deliver(rig);
    await takeAll(delivery);
    rig.buffer.commit([range('01RUN', 1, 4)]);
    expect([rig.buffer.count, rig.committed]).toEqual([0, [4]]);
    delivery.close();
    done.resolve();
    await pass(2000);
    rig.buffer.commit([range('01RUN', 1, 4)]);
    expect(rig.committed).toEqual([4]);
    disk.crash();
    expect((await sent(await start({ run: '01S' }), [range('01RUN', 1, 1)])).slice(1)).toEqual(upTo('01RUN', 4, 2));
  });

  it('does not report as lost what was committed, when memory is full and the disk hangs', async () => {
    const rig = await start({ maxBytes: 50_000 });
    disk.fault = (operation) => (operation === 'append' ? new Promise(() => {}) : undefined);
    for (let i = 1; i <= 20; i++) {
      rig.add(1, 4000);
      rig.buffer.commit([range('01RUN', 1, i)]);
    }
    expect([rig.lost, rig.buffer.problem()]).toEqual([[], undefined]);
    expect(await rig.buffer.synced()).toBe(true);
  });

  it('syncs once an interval, and at once where somebody waits for it', async () => {
    const rig = await start();
    const before = disk.syncs;
    for (let i = 0; i < 10; i++) {
      rig.add(1);
      await pass(100, 100);
    }
    expect(disk.syncs).toBe(before + 1);
    rig.add(1);
    expect(await rig.buffer.synced()).toBe(true);
    expect(disk.syncs).toBe(before + 2);
    expect(await rig.buffer.synced()).toBe(true);
  });

  it('gives up the oldest file when there is too much, tells its span, and keeps it until that is safe', async () => {
    const rig = await start({ limits: { maxSizeBytes: 80_000 } });
    for (let i = 0; i < 30; i++) {
      rig.add(1, 4000);
      await pass(500);
    }
    const [lost] = rig.lost;
    expect(lost).toMatchObject({ reason: 'BufferFull', readings: lost!.blocks });
    expect(rig.buffer.problem()).toMatch(/^BufferFull: [0-9]+ readings/);
    const lostBlocks = rig.lost.reduce((sum, { blocks }) => sum + blocks, 0);
    expect(await sent(rig)).toEqual(upTo('01RUN', 30, lostBlocks + 1));
    expect(rig.buffer.count).toBe(30 - lostBlocks);
    expect(rig.buffer.sizeBytes).toBeLessThan(100_000);
  });

  it('tells each loss once, though what told of it may be given up as well', async () => {
    const rig = await start({ limits: { maxSizeBytes: 80_000 } });
    for (let i = 0; i < 100; i++) {
      rig.add(1, 4000);
      await pass(500);
    }
    const out = (await takeAll(deliver(rig))).flatMap((one) => (one.kind === 'block' ? [Block.decode(one.bytes)] : []));
    const told = [...out.flatMap(({ lost }) => lost), ...rig.buffer.takeLost()];
    expect(told.reduce((sum, { readings }) => sum + readings, 0)).toBe(100 - out.length);
  });

  it('gives up what is too old', async () => {
    const first = await start({ run: '01A' });
    first.add(2);
    await first.buffer.close();
    await pass(3_700_000, 100_000);
    const second = await start({ run: '01B', limits: { maxAgeMs: 3_600_000 } });
    await pass(1000);
    expect(second.lost).toMatchObject([{ reason: 'BufferTooOld', blocks: 2, readings: 2 }]);
    expect(await sent(second)).toEqual([]);
    expect(segments()).toEqual(['/log/01A-000001.seg']);
    second.add(1);
    await pass(2000);
    expect(segments()).toEqual(['/log/01B-000001.seg']);
  });

  it('gives up what is committed before anything else', async () => {
    const rig = await start({ limits: { maxSizeBytes: 80_000 } });
    for (let i = 0; i < 12; i++) {
      rig.add(1, 4000);
      await pass(500);
    }
    rig.buffer.commit([range('01RUN', 4, 12)]);
    for (let i = 0; i < 8; i++) {
      rig.add(1, 4000);
      await pass(500);
    }
    expect(rig.lost).toEqual([]);
    expect(await sent(rig, [range('01RUN', 4, 12)])).toEqual([...upTo('01RUN', 3), ...upTo('01RUN', 20, 13)]);
  });
});
