import { Block } from '@kubeplant/proto';
import { beforeEach, describe, expect, it } from 'vitest';
import { nameOut, settle, takeAll } from '../testing/create-log-rig.ts';
import { createLogWorld, deliver, sent, upTo } from '../testing/log-world.ts';

let { disk, start, pass } = createLogWorld();

beforeEach(() => {
  ({ disk, start, pass } = createLogWorld());
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
