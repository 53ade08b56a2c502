import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelConfig, ShardConfig } from '@kubeplant/crds/model';
import type { PlannedShard } from '@kubeplant/plan';
import { afterAll, expect, it } from 'vitest';
import { readAssignment, writeConfigDirectories } from './config-directories.ts';

const root = mkdtempSync(join(tmpdir(), 'kp-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shard = (namespace: string, host: string): PlannedShard => {
  const channel = { key: `ModbusTcp/${host}:502`, endpoint: { host, port: 502 }, devices: [] } as unknown as ChannelConfig; // all that is kept here
  const place = { namespace, site: 'north', collectorClass: 'default' };
  const names = { formatVersion: 2, tenant: `local/${namespace}`, shard: 'north-abcdef-0', protocol: 'ModbusTcp', revision: '1' } as const;
  return { ...place, name: 'north-abcdef-0', config: { ...place, ...names, channels: [channel] } as unknown as ShardConfig };
};

it('reads back what each shard had, also where two namespaces have shards of one name', async () => {
  await writeConfigDirectories(root, [shard('here', 'a'), shard('there', 'b')]);
  const both = { 'here/north-abcdef-0': ['ModbusTcp/a:502'], 'there/north-abcdef-0': ['ModbusTcp/b:502'] };
  expect(await readAssignment(root)).toEqual(both);
  await writeConfigDirectories(root, [shard('there', 'b')]);
  expect(await readAssignment(root)).toEqual({ 'there/north-abcdef-0': ['ModbusTcp/b:502'] });
});
