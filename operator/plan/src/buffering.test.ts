import { expect, it } from 'vitest';
import { plan } from './plan.ts';
import { collectorClass, device, host, inputOf, site } from './plan-fixtures.ts';

const bufferingOf = (kind: 'kubernetes' | 'local', size: string, maxSize?: string) =>
  plan(
    inputOf(
      {
        sites: [site(maxSize === undefined ? {} : { buffering: { maxSize, maxAge: '1h' } })],
        devices: [device('pump')],
        classes: [collectorClass('default', { buffer: { size } })],
      },
      { host: { ...host, kind } },
    ),
  ).shards[0]?.config.buffering;

it('lets a collector keep what its Site says, as far as its volume has room for it', () => {
  expect(bufferingOf('kubernetes', '10Gi')).toEqual({ maxAge: '72h', maxSizeBytes: 2 * 2 ** 30, syncInterval: '1s' });
  expect(bufferingOf('kubernetes', '1Gi')).toMatchObject({ maxSizeBytes: 0.875 * 2 ** 30 });
  expect(bufferingOf('kubernetes', '1Gi', '512Mi')).toEqual({ maxAge: '1h', maxSizeBytes: 2 ** 29, syncInterval: '1s' });
  expect(bufferingOf('local', '1Gi')).toMatchObject({ maxSizeBytes: 2 * 2 ** 30 });
});
