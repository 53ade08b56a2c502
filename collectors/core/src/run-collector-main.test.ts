import { type ChildProcess, fork } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createAuthority } from '@kubeplant/kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { channelConfig, effectiveDevice, shardConfig } from './testing/build-config.ts';
import { type FakeOwner, startFakeOwner } from './testing/start-fake-owner.ts';

let dir: string;
let owner: FakeOwner;
let child: ChildProcess | undefined;
let stderr: string;
let stdout: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kp-b-main-'));
  owner = await startFakeOwner();
  writeFileSync(join(dir, 'token'), 'shard-token');
  writeFileSync(join(dir, 'ca.pem'), owner.caPem);
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await owner.close();
  rmSync(dir, { recursive: true });
});

function start(env: Record<string, string> = {}): ChildProcess {
  stderr = '';
  stdout = '';
  const settings = {
    KUBEPLANT_CONFIG_DIR: join(dir, 'config'),
    KUBEPLANT_INGEST_ENDPOINT: owner.endpoint,
    KUBEPLANT_TOKEN_FILE: join(dir, 'token'),
    KUBEPLANT_CA_FILE: join(dir, 'ca.pem'),
    KUBEPLANT_PROBE_PORT: '0',
    ...env,
  };
  child = fork(join(import.meta.dirname, 'testing/run-fake-collector.ts'), { env: { PATH: process.env.PATH, ...settings }, silent: true });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  return child;
}

const ready = (process: ChildProcess) =>
  new Promise<{ type: string; ports: { probe: number } }>((resolve, reject) => {
    process.once('message', (message) => resolve(message as { type: string; ports: { probe: number } }));
    process.once('exit', (code) => reject(new Error(`exited with ${code}: ${stderr}`)));
  });
const exit = (process: ChildProcess) => new Promise<number | null>((resolve) => process.once('exit', resolve));
const get = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
};

function writeConfig() {
  mkdirSync(join(dir, 'config'));
  for (const [name, content] of encodeShardFiles(shardConfig('c1', [channelConfig('a', [effectiveDevice('tank')])]), {
    maxPartBytes: 900_000,
  })) {
    writeFileSync(join(dir, 'config', name), content);
  }
}

describe('runCollectorMain', () => {
  it('serves probes and metrics, streams, and leaves nothing behind on SIGTERM', async () => {
    const process = start();
    const { type, ports } = await ready(process);
    expect(type).toBe('ready');
    expect((await get(ports.probe, '/livez')).status).toBe(200);
    expect(await get(ports.probe, '/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('[-]configuration failed: no configuration'),
    });
    writeConfig();
    await vi.waitFor(async () => expect((await get(ports.probe, '/readyz')).status).toBe(200), { timeout: 5000, interval: 20 });
    await vi.waitFor(() => expect(owner.blocks.length).toBeGreaterThan(3), { timeout: 5000, interval: 20 });
    const metrics = (await get(ports.probe, '/metrics')).text;
    expect(metrics).toMatch(/^kubeplant_collector_readings_total [1-9]/m);
    expect(metrics).toMatch(/^kubeplant_collector_uplink_connected 1$/m);
    expect(metrics).toMatch(/^kubeplant_collector_commit_duration_seconds_count [1-9]/m);
    const exited = exit(process);
    process.kill('SIGTERM');
    expect(await exited).toBe(0);
    const seqs = owner.blocks.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    const values = owner.blocks.flatMap(({ value }) => value);
    expect(values).toEqual(values.map((_, i) => i + 1));
    expect(stdout).toBe('');
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'collector' });
    expect(stderr).not.toContain('shard-token');
  });

  it('ends when its parent goes away', async () => {
    const process = start();
    await ready(process);
    const exited = exit(process);
    process.disconnect();
    expect(await exited).toBe(0);
  });

  it('exits with 2 and names every variable that does not fit', async () => {
    const process = start({ KUBEPLANT_PROBE_PORT: 'x', KUBEPLANT_CONFIG_DIR: '', KUBEPLANT_DRAIN_TIMEOUT: '5' });
    expect(await exit(process)).toBe(2);
    expect(stderr).toContain('KUBEPLANT_PROBE_PORT=\\"x\\" must be a number');
    expect(stderr).toContain('KUBEPLANT_CONFIG_DIR is not set');
    expect(stderr).toContain('must be a duration such as 500ms');
  });

  it('exits with 1 when the port of the probes is taken', async () => {
    const first = start();
    const { ports } = await ready(first);
    const second = start({ KUBEPLANT_PROBE_PORT: String(ports.probe) });
    expect(await exit(second)).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
    first.kill('SIGKILL');
  });

  it('sends from disk, each block once, what was measured while no api was there by a process that was killed', async () => {
    const authority = await createAuthority({ commonName: 'test', days: 1 });
    const port = Number(owner.endpoint.split(':')[1]);
    await owner.close();
    writeFileSync(join(dir, 'ca.pem'), authority.certPem);
    writeConfig();
    const folder = { KUBEPLANT_BUFFER_DIR: join(dir, 'buffer') };
    const killed = start(folder);
    await until(() => expect(blocksOnDisk()).toBeGreaterThan(5));
    killed.kill('SIGKILL');
    await exit(killed);
    const kept = blocksOnDisk();
    owner = await startFakeOwner({ port, authority });
    start(folder);
    const [run = ''] = globSync('*.seg', { cwd: folder.KUBEPLANT_BUFFER_DIR }).map((name) => name.slice(0, 26));
    await until(() => expect(owner.blocks.filter((block) => block.run === run).length).toBe(kept));
    await until(() => expect(owner.blocks.filter((block) => block.run !== run).length).toBeGreaterThan(3));
    const names = owner.blocks.map(({ run, seq }) => `${run}:${seq}`);
    expect(new Set(names).size).toBe(names.length);
    const values = owner.blocks.filter((block) => block.run === run).flatMap(({ value }) => value);
    expect(values).toEqual(Array.from(values, (_, at) => at + 1));
    expect(owner.runs.find((told) => told.run === run)).toMatchObject({ devices: [{ device: 'tank' }], tags: [{ tag: 'level' }] });
  });
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

function blocksOnDisk(): number {
  const files = globSync(join(dir, 'buffer', '*.seg')).map((path) => readFileSync(path, 'latin1'));
  return files.reduce((sum, text) => sum + text.split('KPB1\x02').length - 1, 0);
}
