import { expect, it } from 'vitest';
import { plan } from './plan.ts';
import { device, inputOf, site } from './plan-fixtures.ts';

it('keeps a shard without devices as long as its host says that it holds readings', () => {
  const undrained = {
    'plant/north-0a0a0a-3': { site: 'north', collectorClass: 'edge' },
    'other/north-0a0a0a-4': { site: 'north', collectorClass: 'edge' },
  };
  const planned = plan(inputOf({ sites: [site()], devices: [device('pump')] }, { undrained }));
  const empty = planned.shards.filter(({ config }) => config.channels.length === 0);
  expect(empty.map(({ name, collectorClass }) => [name, collectorClass])).toEqual([['north-0a0a0a-3', 'edge']]);
  expect(planned.siteModels[0]?.shards.find(({ name }) => name === 'north-0a0a0a-3')).toMatchObject({ devices: [] });
  expect(plan(inputOf({ sites: [site()], devices: [device('pump')] })).shards).toHaveLength(1);
});
