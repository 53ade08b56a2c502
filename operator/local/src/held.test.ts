import type { PlannedShard } from '@kubeplant/plan';
import { describe, expect, it } from 'vitest';
import { createHeld } from './held.ts';

const shard = (namespace: string, revision: string, keys: readonly string[]): PlannedShard =>
  ({ namespace, name: 'north-abcdef-0', config: { revision, channels: keys.map((key) => ({ key })) } }) as unknown as PlannedShard; // what is read of it

describe('what collectors hold', () => {
  it('is kept apart for shards of one name in two namespaces', () => {
    const held = createHeld();
    held.wrote([shard('here', 'r1', ['a', 'b']), shard('there', 'r1', ['c'])]);
    held.confirm('here/north-abcdef-0', 'r1');
    held.confirm('there/north-abcdef-0', 'r1');
    expect(held.channels()).toEqual({ 'here/north-abcdef-0': ['a', 'b'], 'there/north-abcdef-0': ['c'] });
    held.wrote([shard('here', 'r2', ['a'])]);
    expect(held.confirm('here/north-abcdef-0', 'r2')).toBe(true);
    expect(held.setRunning(['there/north-abcdef-0'])).toBe(true);
    expect(held.channels()).toEqual({ 'there/north-abcdef-0': ['c'] });
  });
});
