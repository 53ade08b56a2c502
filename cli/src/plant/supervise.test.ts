import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { identityOf, isAlive, signalProcess, waitUntilGone } from './process-identity.ts';
import { howEnded, type SuperviseOptions, type Supervised, supervise } from './supervise.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-supervise-'));
const running: Supervised[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop(500)));
  rmSync(join(folder, 'child.log'), { force: true });
});

function start(script: string, more: Partial<SuperviseOptions> = {}): Supervised {
  const supervised = supervise({
    name: 'child',
    title: 'a child',
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    logFile: join(folder, 'child.log'),
    ipc: true,
    stopSignal: 'SIGTERM',
    onChange: () => undefined,
    ...more,
  });
  running.push(supervised);
  return supervised;
}

const READY = `process.send({type: 'ready', ports: {http: 80}});`;
const STAY = `setInterval(() => {}, 1000); process.on('disconnect', () => process.exit());`;

describe('a supervised process', () => {
  it('runs when it says so, with its ports, and its output in the log', async () => {
    const child = start(`console.error('hello'); ${READY} ${STAY}`);
    await vi.waitFor(() => expect(child.state()).toMatchObject({ state: 'Running', ports: { http: 80 }, restarts: 0 }), 5000);
    expect(readFileSync(join(folder, 'child.log'), 'utf8')).toBe('hello\n');
  });

  it('is started again when it is killed, and the crash is told', async () => {
    const onCrash = vi.fn();
    const child = start(`${READY} ${STAY}`, { onCrash });
    await vi.waitFor(() => expect(child.state().state).toBe('Running'), 5000);
    const { pid, started } = child.state();
    signalProcess({ pid: pid!, started: started! }, 'SIGKILL');
    await vi.waitFor(() => expect(child.state()).toMatchObject({ state: 'Running', restarts: 1 }), 5000);
    expect(child.state().pid).not.toBe(pid);
    expect(onCrash).toHaveBeenCalledWith(expect.objectContaining({ how: 'was ended by SIGKILL' }));
  });

  it('tells why it ended, from what it logged since its start', async () => {
    const onCrash = vi.fn();
    const child = start(`console.error('{"level":"fatal","msg":"the cable is cut"}'); process.exit(1)`, { onCrash });
    await vi.waitFor(() => expect(onCrash).toHaveBeenCalledTimes(2), 5000);
    expect(onCrash.mock.calls[1]?.[0].how).toBe('ended with code 1: the cable is cut');
    expect(howEnded(child.state())).toBe(`it ended with code 1: the cable is cut (log: ${join(folder, 'child.log')})`);
  });

  it('is not started again when it says at once that what it was given is wrong', async () => {
    const onCrash = vi.fn();
    const child = start(`console.error('{"level":"fatal","msg":"no such database"}'); process.exit(2)`, { onCrash });
    await vi.waitFor(() => expect(child.state().state).toBe('Stopped'), 5000);
    expect(child.state()).toMatchObject({ restarts: 0, lastEnd: { code: 2, how: 'ended with code 2: no such database' } });
    expect(onCrash.mock.calls).toEqual([[expect.objectContaining({ how: 'ended with code 2: no such database', delayMs: undefined })]]);
  });

  it('runs without a log where none can be made', async () => {
    const child = start(`${READY} ${STAY}`, { logFile: join(folder, 'no', 'such', 'folder.log') });
    await vi.waitFor(() => expect(child.state().state).toBe('Running'), 5000);
  });

  it('that cannot be started at all is told and tried again', async () => {
    const onCrash = vi.fn();
    start('', { command: join(folder, 'nothing'), onCrash });
    await vi.waitFor(() => expect(onCrash).toHaveBeenCalledTimes(2), 5000);
    expect(onCrash.mock.calls[0]?.[0].how).toContain('ENOENT');
  });

  it('that does not end when asked is killed, and not started again', async () => {
    const child = start(`process.on('SIGTERM', () => {}); ${READY} ${STAY}`);
    await vi.waitFor(() => expect(child.state().state).toBe('Running'), 5000);
    const identity = identityOf(child.state().pid!)!;
    await child.stop(200);
    expect(await waitUntilGone([identity], 2000)).toEqual([]);
    expect(child.state().state).toBe('Stopped');
  });
});

describe('the identity of a process', () => {
  it('is not that of another one with the same id', () => {
    const me = identityOf(process.pid)!;
    expect(isAlive(me)).toBe(true);
    expect(isAlive({ ...me, started: '1' })).toBe(false);
    expect(signalProcess({ ...me, started: '1' }, 'SIGKILL')).toBe(false);
  });

  it('is none where there is no process', () => {
    expect(identityOf(2 ** 22 + 1)).toBeUndefined();
  });
});
