import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { collectorClass, device, inputOf, site } from './plan-fixtures.ts';
import type { Assignment, Plan } from './types.ts';

const small = collectorClass('default', { maxDevicesPerCollector: 2 });
const at = (name: string, more: Parameters<typeof device>[1] = {}) =>
  device(name, { ...more, modbusTcp: { host: name, ...more.modbusTcp } });
const running = (result: Plan): Assignment =>
  Object.fromEntries(result.shards.map((shard) => [`${shard.namespace}/${shard.name}`, shard.config.channels.map(({ key }) => key)]));
const spread = (result: Plan) => result.shards.map((shard) => shard.config.channels.map(({ endpoint }) => endpoint.host[0]).join(''));

describe('assignment of channels', () => {
  const devices = ['a', 'b', 'c', 'd', 'e'].map((name) => at(name));
  const first = plan(inputOf({ classes: [small], devices }));

  it('fills shards up to the limits of their class', () => {
    expect(spread(first)).toEqual(['ab', 'cd', 'e']);
  });

  it('moves nothing when devices come and go, and gives new ones the least loaded shard', () => {
    const without = devices.filter(({ metadata }) => metadata.name !== 'a');
    const shrunk = plan(inputOf({ classes: [small], devices: without }, { assignment: first.assignment }));
    expect(spread(shrunk)).toEqual(['b', 'cd', 'e']);
    const grown = plan(inputOf({ classes: [small], devices: [...without, at('x'), at('y'), at('z')] }, { assignment: shrunk.assignment }));
    expect(spread(grown)).toEqual(['bx', 'cd', 'ey', 'z']);
  });

  it('goes on with what the shards of its own namespace have, not with those of the same name elsewhere', () => {
    const there = { namespace: 'there' };
    const twins = devices.map((one) => ({ ...one, metadata: { ...one.metadata, ...there } }));
    const [, , third] = first.shards;
    const resources = { sites: [site(), site({}, there)], classes: [small], devices: [...devices, ...twins] };
    const both = plan(inputOf(resources, { assignment: { [`there/${third?.name}`]: ['ModbusTcp/a:502'] } }));
    expect(spread(both)).toEqual(['ab', 'cd', 'e', 'cd', 'e', 'ab']);
    expect(Object.keys(both.assignment)).toEqual([
      ...first.shards.map(({ name }) => `plant/${name}`),
      ...first.shards.map(({ name }) => `there/${name}`),
    ]);
  });

  it('never splits a channel', () => {
    const units = [1, 2, 3].map((unitId) => device(`u${unitId}`, { modbusTcp: { unitId } }));
    const result = plan(inputOf({ classes: [small], devices: units }));
    expect(result.shards.map(({ config }) => config.channels.map((channel) => channel.devices.length))).toEqual([[3]]);
  });

  it('moves a device to another class only when its old collector has let go', () => {
    const classes = [collectorClass('edge')];
    const before = plan(inputOf({ classes, devices: [at('a')] }));
    const moved = { classes, devices: [at('a', { collectorClassRef: { name: 'edge' } })] };
    const during = plan(inputOf(moved, { assignment: before.assignment, held: running(before) }));
    expect(during.shards.map(({ collectorClass: name, config }) => [name, config.channels.length])).toEqual([['edge', 0]]);
    const after = plan(inputOf(moved, { assignment: during.assignment, held: {} }));
    expect(after.shards.map(({ collectorClass: name, config }) => [name, config.channels.length])).toEqual([['edge', 1]]);
  });

  it('spreads anew where the Site asks for it, again in two steps', () => {
    const shrunk = plan(inputOf({ classes: [small], devices: [devices[0]!, devices[2]!] }, { assignment: first.assignment }));
    expect(spread(shrunk)).toEqual(['a', 'c']);
    const sites = [site({}, { annotations: { 'kubeplant.io/rebalance': 'now' } })];
    const during = plan(
      inputOf({ sites, classes: [small], devices: [devices[0]!, devices[2]!] }, { assignment: shrunk.assignment, held: running(shrunk) }),
    );
    expect(spread(during)).toEqual(['a']);
    const after = plan(
      inputOf({ sites, classes: [small], devices: [devices[0]!, devices[2]!] }, { assignment: during.assignment, held: running(during) }),
    );
    expect(spread(after)).toEqual(['ac']);
  });
});
