import { expect, it } from 'vitest';
import type { KubeObject } from '../api/kube-object.ts';
import { createKnowledge } from './knowledge.ts';
import { CLASS_LABEL, SHARD_LABEL, SITE_LABEL } from './labels.ts';
import { undrainedShards } from './undrained.ts';

const statefulSet = (replicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 's-0', namespace: 'plant', labels: { [SHARD_LABEL]: 's-0', [SITE_LABEL]: 'north', [CLASS_LABEL]: 'pair' } },
  spec: { replicas, volumeClaimTemplates: [{ metadata: { name: 'buffer' }, spec: { resources: { requests: { storage: '1Gi' } } } }] },
});

function isDrained(replicas: number, report: object): boolean {
  const knowledge = createKnowledge();
  // Of what is known of a site this looks at two members.
  knowledge.sites.set('plant/north', { draining: new Set(['s-0']), shards: new Map([['s-0', 'r1']]) } as never);
  const said = { shard: 's-0', connected: true, configRevision: 'r1', heldBlocks: 0, collectors: replicas };
  knowledge.shardReports.set('plant/s-0', { ...said, ...report });
  return Object.keys(undrainedShards('plant/north', [statefulSet(replicas)], knowledge)).length === 0;
}

it('a shard is drained when every collector of it is connected with its configuration and holds nothing', () => {
  expect(isDrained(1, {})).toBe(true);
  expect(isDrained(2, {})).toBe(true);
  expect(isDrained(2, { collectors: 1 })).toBe(false);
  expect(isDrained(1, { collectors: 0 })).toBe(true); // an api that does not count them
  expect(isDrained(1, { heldBlocks: 3 })).toBe(false);
  expect(isDrained(1, { heldBlocks: undefined })).toBe(false);
  expect(isDrained(1, { connected: false })).toBe(false);
  expect(isDrained(1, { configRevision: 'r0' })).toBe(false);
});
