import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  return { paths: [join(folder, 'a.yaml')], simulate: false, stateDir, process, link, log: silent, ...said };
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
    host.close();
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
    await vi.waitFor(() => expect(readFileSync(part)).toEqual(whole));
    rmSync(join(stateDir, 'config'), { recursive: true });
    await vi.waitFor(() => expect(readFileSync(part)).toEqual(whole));
    host.close();
  });
});
