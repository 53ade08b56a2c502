import { Block } from '@kubeplant/proto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../testing/create-fake-clock.ts';
import { createLogRig, type LogRig, type LogRigOptions, nameOut, settle, takeAll } from '../testing/create-log-rig.ts';
import { createSimDisk, type SimDisk } from '../testing/create-sim-disk.ts';

let clock: FakeClock;
let disk: SimDisk;

beforeEach(() => {
  clock = createFakeClock();
  disk = createSimDisk(() => 0.5);
});

async function start(options: Partial<LogRigOptions> = {}): Promise<LogRig> {
  const rig = createLogRig({ fs: disk.mount(), clock, ...options });
  await settle();
  return rig;
}

/** Let time pass in steps, so that what waits for the disk goes on. */
async function pass(ms: number, stepMs = 250): Promise<void> {
  await settle(3);
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(Math.min(stepMs, ms - passed));
    await settle(3);
  }
}

const deliver = ({ buffer }: LogRig, committed: Parameters<typeof buffer.deliver>[0]['committed'] = []) =>
  buffer.deliver({ runs: buffer.runs(), committed, onReady: () => {} });
const sent = async (rig: LogRig, committed?: Parameters<typeof deliver>[1]) => (await takeAll(deliver(rig, committed))).map(nameOut);
const range = (run: string, first: number, last: number) => ({ run, committed: [{ first, last }] });
const upTo = (run: string, last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => `${run}:${first + i}`);
const segments = () => disk.paths.filter((path) => path.endsWith('.seg'));

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

  it('reads the files when the index is damaged', async () => {
    const first = await start({ run: '01A' });
    first.add(4);
    await settle();
    first.buffer.commit([range('01A', 1, 3)]);
    await first.buffer.close();
    disk.flip('/log/index', 30);
    const second = await start({ run: '01B' });
    expect(await sent(second)).toEqual(['dictionary 01A', ...upTo('01A', 4)]);
  });

  it('reads a file whose beginning is damaged', async () => {
    const first = await start({ run: '01A' });
    first.add(3);
    await first.buffer.close();
    for (let byte = 0; byte < 64; byte++) {
      const copy = createSimDisk();
      for (const each of segments()) copy.write(each, disk.contentOf(each));
      copy.flip(segments()[0]!, byte);
      const second = await start({ fs: copy.mount(), run: '01B' });
      expect([byte, ...(await sent(second))]).toEqual([byte, 'dictionary 01A', ...upTo('01A', 3)]);
    }
  });

  it('sends what was committed before it was written, when the database was restored', async () => {
    const rig = await start();
    const done = Promise.withResolvers<void>();
    disk.fault = (operation) => (operation === 'append' ? done.promise.then(() => undefined) : undefined);
    rig.add(4);
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

  it.each([
    ['too few bytes', (bytes: Buffer) => bytes.subarray(0, -5)],
    ['zeros', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(500)])],
    ['half a header', (bytes: Buffer) => Buffer.concat([bytes, bytes.subarray(-20)])],
  ])('cuts a torn end of %s', async (what, tear) => {
    const first = await start({ run: '01A' });
    first.add(3);
    await pass(1000);
    const [path] = segments();
    disk.write(path!, tear(disk.contentOf(path!)));
    const second = await start({ run: '01B' });
    expect(await sent(second)).toEqual(['dictionary 01A', ...upTo('01A', what === 'too few bytes' ? 2 : 3)]);
    expect(second.buffer.problem()).toBeUndefined();
  });

  it.each([
    ['in the middle', 0.5, 'with the index'],
    ['in the middle', 0.5, 'without it'],
    ['within its header', 0, 'with the index'],
  ])('says what was lost when a file that was complete is cut off %s (%s, %s)', async (_where, part, index) => {
    const first = await start({ run: '01A', limits: { maxSizeBytes: 400_000 } });
    for (let i = 0; i < 30; i++) {
      first.add(1, 4000);
      await pass(500);
    }
    await first.buffer.close();
    const [path, ...others] = segments();
    expect(others.length).toBeGreaterThan(0);
    const bytes = disk.contentOf(path!);
    disk.write(path!, bytes.subarray(0, 20 + bytes.length * part));
    if (index === 'without it') disk.write('/log/index', Buffer.from('nothing'));
    const second = await start({ run: '01B' });
    const delivered = (await sent(second)).filter((name) => name.startsWith('01A:'));
    const [lost, ...more] = second.lost;
    expect(more).toEqual([]);
    expect(delivered.length).toBeLessThan(30);
    expect(lost).toMatchObject({ reason: 'BufferDamaged', blocks: 30 - delivered.length });
    expect(second.buffer.problem()).toMatch(/^BufferDamaged: /);
  });

  it('delivers a damaged block never, the others all, and says what was lost', { timeout: 30_000 }, async () => {
    const first = await start({ run: '01A' });
    for (let i = 0; i < 5; i++) {
      first.add(1, 300);
      await pass(1000);
    }
    await first.buffer.close();
    const [path] = segments();
    const size = disk.contentOf(path!).length;
    for (let byte = 0; byte < size; byte += 7) {
      const copy = createSimDisk();
      for (const each of disk.paths) copy.write(each, disk.contentOf(each));
      copy.flip(path!, byte);
      const rig = await start({ fs: copy.mount(), run: '01B' });
      const delivered = (await takeAll(deliver(rig))).flatMap((out) => (out.kind === 'block' ? [Block.decode(out.bytes)] : []));
      const lost = rig.lost.reduce((sum, { blocks }) => sum + blocks, 0);
      expect(delivered.every(({ seq, value, texts }) => value[0] === seq && texts[0]?.value === 'x'.repeat(300))).toBe(true);
      expect([byte, delivered.length + lost, rig.buffer.count]).toEqual([byte, 5, delivered.length]);
      if (delivered.length < 5) expect(rig.buffer.problem()).toMatch(/^BufferDamaged: /);
    }
  });

  it('says that readings were lost up to the next that is there, though that block says what was observed from earlier on', async () => {
    const first = await start({ run: '01A' });
    first.add();
    await pass(1000);
    const lostUs = clock.nowUs();
    first.add(1, 0, 500_000);
    await pass(1000);
    first.add(1, 0, 1_500_000);
    await pass(1000);
    await first.buffer.close();
    const [path] = segments();
    const content = disk.contentOf(path!);
    const second = content.indexOf('KPB1', content.indexOf('KPB1', content.indexOf('KPB1') + 1) + 1); // after dictionary and first block
    disk.flip(path!, second);
    disk.write('/log/index', Buffer.from('nothing'));
    const rig = await start({ run: '01B' });
    expect((await sent(rig)).filter((name) => name.startsWith('01A'))).toEqual(['01A:1', '01A:3']);
    expect(rig.lost).toMatchObject([{ blocks: 1, reason: 'BufferDamaged' }]);
    expect(rig.lost[0]!.untilUs).toBeGreaterThanOrEqual(lostUs);
  });

  it('sets a file of an unknown version aside, names it, and delivers the rest', async () => {
    const first = await start({ run: '01A' });
    first.add(1);
    await first.buffer.close();
    const second = await start({ run: '01B' });
    second.add(1);
    await second.buffer.close();
    disk.write('/log/01A-000001.seg', Buffer.from('something else of this length, which is long enough to be a header'));
    const third = await start({ run: '01C' });
    expect(third.buffer.problem()).toContain('/log/01A-000001.seg.set-aside');
    expect(await sent(third)).toEqual(['dictionary 01B', '01B:1']);
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

describe('a log buffer on a disk that fails', () => {
  it.each(['ENOSPC', 'EROFS', 'EIO'])('sends from memory, says so, and writes again by itself (%s)', async (code) => {
    const rig = await start();
    rig.add(2);
    await pass(1000);
    disk.fault = (operation) => (operation === 'append' || operation === 'create' || operation === 'replace' ? code : undefined);
    rig.add(3);
    await pass(500);
    expect(rig.buffer.problem()).toMatch(new RegExp(`^BufferUnwritable: /log cannot be written \\(${code}\\)`));
    const delivery = deliver(rig);
    expect((await takeAll(delivery)).map(nameOut)).toEqual(upTo('01RUN', 5));
    rig.add(1);
    expect(nameOut(delivery.nextLive()!)).toBe('01RUN:6');
    disk.fault = () => undefined;
    await pass(3000);
    expect(rig.buffer.problem()).toBeUndefined();
    disk.crash();
    const next = await start({ run: '01S' });
    expect((await sent(next)).slice(1)).toEqual(upTo('01RUN', 6));
  });

  it('loses the oldest, and tells it, when memory is full as well', async () => {
    const rig = await start({ maxBytes: 50_000 });
    disk.fault = (operation) => (operation === 'append' ? 'ENOSPC' : undefined);
    rig.add(20, 4000);
    await settle();
    const lost = rig.lost.length;
    expect(lost).toBeGreaterThan(5);
    expect(rig.lost.every(({ reason }) => reason === 'DiskFailed')).toBe(true);
    expect(rig.buffer.problem()).toContain('BufferFull: ');
    const out = await takeAll(deliver(rig));
    expect(out.map(nameOut)).toEqual(upTo('01RUN', 20, lost + 1));
    // Blocks that told of a loss may be lost themselves: what they told is passed on.
    const told = out.flatMap((one) => (one.kind === 'block' ? Block.decode(one.bytes).lost : []));
    expect([...told, ...rig.buffer.takeLost()].reduce((sum, { readings }) => sum + readings, 0)).toBe(lost);
  });

  it('does not wait for a disk that hangs, and says so', async () => {
    const rig = await start();
    let release = (): void => {};
    disk.fault = (operation) =>
      operation === 'sync'
        ? new Promise((resolve) => {
            release = resolve;
          })
        : undefined;
    rig.add(1);
    await pass(1000);
    rig.add(1);
    expect(await sent(rig)).toEqual(upTo('01RUN', 2));
    await pass(5000);
    expect(rig.buffer.problem()).toMatch(/^BufferUnwritable: \/log has not answered for 5 s/);
    disk.fault = () => undefined;
    release();
    await settle();
    expect(rig.buffer.problem()).toMatch(/^BufferSlow: /);
    rig.add(1);
    await pass(2000);
    expect(rig.buffer.problem()).toBeUndefined();
  });

  it('writes again what a failed sync may have lost', async () => {
    const rig = await start();
    rig.add(2);
    disk.fault = (operation) => (operation === 'sync' ? 'EIO' : undefined);
    await pass(2000);
    expect(rig.buffer.isKept()).toBe(false);
    disk.fault = () => undefined;
    await pass(3000);
    expect(rig.buffer.isKept()).toBe(true);
    disk.crash();
    expect((await sent(await start({ run: '01S' }))).slice(1)).toEqual(upTo('01RUN', 2));
  });

  it('begins again when the folder vanishes, with what memory has, and says what was lost', async () => {
    const rig = await start();
    rig.add(3);
    await pass(1000);
    deliver(rig).close();
    disk.wipe();
    await pass(8000);
    rig.add(1);
    await pass(3000);
    expect(rig.buffer.problem()).toBeUndefined();
    expect(rig.lost).toEqual([]);
    disk.crash();
    expect((await sent(await start({ run: '01S' }))).slice(1)).toEqual(upTo('01RUN', 4));
  });

  it('waits while another process has the folder, and takes over when that one is gone', async () => {
    const first = await start({ run: '01A', holder: { pid: 7, host: 'here' } });
    first.add(2);
    await pass(1000);
    let alive = true;
    const second = await start({ run: '01B', holder: { pid: 8, host: 'here' }, isAlive: () => alive });
    second.add(1);
    await pass(3000);
    expect(second.buffer.problem()).toContain('it is used by process 7 on here');
    expect(await sent(second)).toEqual(['01B:1']);
    alive = false;
    disk.crash();
    const third = await start({ run: '01C', holder: { pid: 9, host: 'here' }, isAlive: () => alive });
    expect((await sent(third)).slice(1)).toEqual(upTo('01A', 2));
  });

  it('takes over from a machine that gives no sign of life', async () => {
    const first = await start({ run: '01A', holder: { pid: 1, host: 'one' } });
    first.add(1);
    await pass(1000);
    disk.crash();
    const second = await start({ run: '01B', holder: { pid: 1, host: 'other' } });
    await pass(14_000, 1000);
    expect(second.buffer.problem()).toContain('it is used by process 1 on one');
    await pass(3000, 1000);
    expect(second.buffer.problem()).toBeUndefined();
    expect(second.formerRuns).toBe(1);
  });

  it('stops writing when another has taken the folder', async () => {
    const rig = await start({ holder: { pid: 1, host: 'one' } });
    disk.write('/log/lock', Buffer.from(JSON.stringify({ pid: 5, host: 'two', run: '01X', beat: 0 })));
    await pass(6000, 1000);
    expect(rig.buffer.problem()).toMatch(/^BufferUnwritable: .*(taken it over|used by process 5 on two)/);
  });
});
