import { describe, expect, expectTypeOf, it } from 'vitest';
import { type AlarmRule, type Device, KINDS, type Simulation, type Site, type Tag, kubernetesOnlyFields } from './index.ts';

describe('types inferred from the schemas', () => {
  it('make fields with a schema default present and others optional', () => {
    expectTypeOf<Site['spec']['timezone']>().toEqualTypeOf<string>();
    expectTypeOf<Site['spec']['simulation']>().toEqualTypeOf<'Forbidden' | 'Allowed'>();
    expectTypeOf<Device['spec']['mode']>().toEqualTypeOf<'Active' | 'Disabled'>();
    expectTypeOf<Pick<Tag, 'unit'>>().toEqualTypeOf<{ readonly unit?: string }>();
    expectTypeOf<NonNullable<Device['spec']['tags']>>().toEqualTypeOf<Readonly<Record<string, Tag>>>();
  });

  it('keep enumerations and nested blocks', () => {
    expectTypeOf<NonNullable<Device['spec']['connection']['modbusTcp']>['port']>().toEqualTypeOf<number>();
    expectTypeOf<AlarmRule['spec']['condition']['type']>().toEqualTypeOf<'Limit' | 'Discrete' | 'Stale' | 'Quality'>();
    expectTypeOf<AlarmRule['spec']['priority']>().toEqualTypeOf<'Journal' | 'Low' | 'Medium' | 'High' | 'Critical'>();
    expectTypeOf<Simulation['spec']['devices'][number]['signals'][number]['tag']>().toEqualTypeOf<string>();
  });
});

describe('kubernetesOnlyFields', () => {
  it('names what the local host cannot honour', () => {
    expect(kubernetesOnlyFields('CollectorClass')).toEqual([
      'spec.image',
      'spec.imagePullSecrets',
      'spec.resources',
      'spec.nodeSelector',
      'spec.tolerations',
      'spec.podLabels',
      'spec.podAnnotations',
      'spec.networkPolicy',
      'spec.highAvailability',
      'spec.buffer',
    ]);
    for (const kind of ['Site', 'Device', 'DeviceProfile', 'AlarmRule', 'Simulation'] as const)
      expect(kubernetesOnlyFields(kind)).toEqual([]);
    expect(Object.keys(KINDS)).toHaveLength(6);
  });
});
