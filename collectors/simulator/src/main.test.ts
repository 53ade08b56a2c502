import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 20_000 });
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(content: string | undefined): Promise<{ child: ChildProcess; file: string; stderr: () => string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeplant-simulator-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'simulator.json');
  if (content !== undefined) await writeFile(file, content);
  const env = { PATH: process.env.PATH, KUBEPLANT_SIMULATOR_CONFIG: file, KUBEPLANT_PROBE_PORT: '0' };
  const child = fork(join(import.meta.dirname, 'main.ts'), { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  cleanups.push(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { child, file, stderr: () => stderr };
}

const config = (channels: readonly string[]) =>
  JSON.stringify({
    formatVersion: 2,
    tenant: 't',
    namespace: 'n',
    site: 's',
    simulation: 'x',
    revision: 'r',
    interval: '500ms',
    listeners: channels.map((channel) => ({ channel, framing: 'Tcp', port: 0, devices: [] })),
  });

describe('the simulator process', () => {
  it('tells its parent where channels are served, follows its file, and exits with 0 when its parent leaves', async () => {
    const { child, file } = await start(config(['a']));
    const [ready] = await once(child, 'message');
    expect(ready).toMatchObject({
      type: 'ready',
      ports: { probe: expect.any(Number) },
      listeners: { 'n/a': { host: '127.0.0.1', port: expect.any(Number) } },
    });
    await writeFile(`${file}.new`, config(['a', 'b']));
    await rename(`${file}.new`, file);
    const [listening] = await once(child, 'message');
    expect(listening).toMatchObject({ type: 'listening', listeners: { 'n/a': ready.listeners['n/a'] } });
    expect(Object.keys(listening.listeners)).toEqual(['n/a', 'n/b']);
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('exits with 1 and says why when its file is not there', async () => {
    const { child, stderr } = await start(undefined);
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(stderr()).toContain('ENOENT');
  });
});
