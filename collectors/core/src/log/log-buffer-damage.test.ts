import { Block } from '@kubeplant/proto';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle, takeAll } from '../testing/create-log-rig.ts';
import { createSimDisk } from '../testing/create-sim-disk.ts';
import { createLogWorld, deliver, range, sent, upTo } from '../testing/log-world.ts';

let { clock, disk, start, pass, segments } = createLogWorld();

beforeEach(() => {
  ({ clock, disk, start, pass, segments } = createLogWorld());
});

describe('a log buffer whose files are damaged', () => {
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
});
