import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeShardFiles } from '@kubeplant/crds/model-files';
import type { Logger } from '@kubeplant/kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLocalHost, type LocalHostOptions } from './local-host.ts';

const SITE = 'apiVersion: kubeplant.io/v1alpha1\nkind: Site\nmetadata: {name: a}\nspec: {timezone: UTC}\n';

const DEVICE = `apiVersion: kubeplant.io/v1alpha1
kind: Device
metadata: {name: pump}
spec:
  siteRef: {name: a}
  connection: {protocol: ModbusTcp, modbusTcp: {host: 10.0.0.1}}
  tags: {flow: {modbus: {register: Holding, address: 1}}}
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kp-host-'));
  writeFileSync(join(folder, 'a.yaml'), SITE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger; // All it calls.

function options(stateDir: string) {
  const said = { onNotice: vi.fn(), onReport: vi.fn<LocalHostOptions['onReport']>(), onProcesses: vi.fn(), onWatched: vi.fn() };
  const link = { publish: vi.fn(), remove: vi.fn(), synced: vi.fn() };
  const process = { caFile: 'ca.pem', ingestEndpoint: '127.0.0.1:1', rootKey: 'key' };
  return {
    paths: [join(folder, 'a.yaml')],
    simulate: false,
    stateDir,
    bufferDir: join(folder, 'buffer'),
    process,
    link,
    log: silent,
    ...said,
  };
}

describe('a local host whose state cannot be written', () => {
  it('says so once, leaves the plant as it is, and carries everything out as soon as it can', async () => {
    const stateDir = join(folder, 'state');
    writeFileSync(stateDir, 'in the way');
    const given = options(stateDir);
    const host = await createLocalHost(given);
    await host.reload();
    await host.reload();
    expect(given.onNotice.mock.calls).toEqual([[expect.stringMatching(/state cannot be written: .*; the plant goes on as it was/)]]);
    expect(given.onProcesses).not.toHaveBeenCalled();
    expect(given.link.synced).not.toHaveBeenCalled();
    rmSync(stateDir);
    await vi.waitFor(() => expect(given.onReport).toHaveBeenCalledWith(expect.objectContaining({ sites: 1 })), 5000);
    expect(given.onNotice.mock.calls[1]).toEqual([expect.stringContaining('can be written again')]);
    await host.close();
  });
});

describe('a configuration that somebody else has damaged', () => {
  it('is written again', async () => {
    writeFileSync(join(folder, 'a.yaml'), `${SITE}---\n${DEVICE}`);
    const stateDir = join(folder, 'state');
    const host = await createLocalHost({ ...options(stateDir), lookMs: 10 });
    await host.reload();
    const [shard = ''] = readdirSync(join(stateDir, 'config', 'default'));
    const part = join(stateDir, 'config', 'default', shard, 'part-0.json.gz');
    const whole = readFileSync(part);
    truncateSync(part, 20);
    await vi.waitFor(() => expect(readFileSync(part)).toEqual(whole), 10_000);
    rmSync(join(stateDir, 'config'), { recursive: true });
    await vi.waitFor(() => expect(readFileSync(part)).toEqual(whole), 10_000);
    await host.close();
  });
});

describe('a shard without devices', () => {
  const stateDir = () => join(folder, 'state');
  const shards = (given: ReturnType<typeof options>) =>
    given.onProcesses.mock.lastCall?.[0].collectors.map(({ name }: { name: string }) => name);
  const revisionOf = (shard: string) => {
    const decoded = decodeShardFiles((name) => readFileSync(join(stateDir(), 'config', shard, name)));
    return decoded.kind === 'config' ? decoded.config.revision : '';
  };

  async function startWithReadings() {
    writeFileSync(join(folder, 'a.yaml'), `${SITE}---\n${DEVICE}`);
    const given = options(stateDir());
    const host = await createLocalHost(given);
    await host.reload();
    const [shard] = shards(given);
    expect(given.onProcesses.mock.lastCall?.[0].collectors[0].env.KUBEPLANT_BUFFER_DIR).toBe(join(folder, 'buffer', shard));
    writeFileSync(join(folder, 'buffer', shard, '01-000001.seg'), 'readings');
    return { given, host, shard };
  }

  it('stays, over a restart too, until its collector says that it holds nothing; then it and its folder go', async () => {
    const { host: first, shard } = await startWithReadings();
    first.close();
    writeFileSync(join(folder, 'a.yaml'), SITE);
    const given = options(stateDir());
    const host = await createLocalHost(given);
    await host.reload();
    expect(shards(given)).toEqual([shard]);
    host.setRunning([shard]);
    host.confirm(shard, { configRevision: revisionOf(shard), heldBlocks: 3 });
    host.confirm(shard, { configRevision: 'of before', heldBlocks: 0 });
    await host.reload();
    expect(shards(given)).toEqual([shard]);
    host.confirm(shard, { configRevision: revisionOf(shard), heldBlocks: 0 });
    await vi.waitFor(() => expect(shards(given)).toEqual([]));
    expect(existsSync(join(folder, 'buffer', shard))).toBe(true);
    host.setRunning([]);
    await vi.waitFor(() => expect(existsSync(join(folder, 'buffer', shard))).toBe(false));
    await host.close();
  });

  it('keeps its folder when its Site is gone, and delivers when the Site is back', async () => {
    const { given, host, shard } = await startWithReadings();
    writeFileSync(join(folder, 'a.yaml'), '');
    host.setRunning([]);
    await host.reload();
    expect(shards(given)).toEqual([]);
    expect(existsSync(join(folder, 'buffer', shard, '01-000001.seg'))).toBe(true);
    writeFileSync(join(folder, 'a.yaml'), SITE);
    await host.reload();
    expect(shards(given)).toEqual([shard]);
    await host.close();
  });

  it('goes at once when there is nothing in its folder', async () => {
    const { given, host, shard } = await startWithReadings();
    rmSync(join(folder, 'buffer', shard, '01-000001.seg'));
    writeFileSync(join(folder, 'a.yaml'), SITE);
    host.setRunning([]);
    await host.reload();
    expect(shards(given)).toEqual([]);
    expect(existsSync(join(folder, 'buffer', shard))).toBe(false);
    await host.close();
  });
});
