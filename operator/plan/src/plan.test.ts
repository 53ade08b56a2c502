import { describe, expect, it } from 'vitest';
import { createPlanner, plan } from './plan.ts';
import { calculated, collectorClass, device, findingsOfPlan, inputOf, profile, rule, simulation, site, tag } from './plan-fixtures.ts';
import type { Plan, PlanResources } from './types.ts';

describe('findings', () => {
  const cases: readonly (readonly [string, Partial<PlanResources>, readonly string[]])[] = [
    ['a plant without fault', { devices: [device('a')], rules: [rule('r')] }, []],
    [
      'a missing site',
      { sites: [], devices: [device('a')], rules: [rule('r')] },
      ['SiteNotFound AlarmRule/r spec.siteRef.name', 'SiteNotFound Device/a spec.siteRef.name'],
    ],
    ['a missing profile', { devices: [device('a', { profileRef: { name: 'p' } })] }, ['ProfileNotFound Device/a spec.profileRef.name']],
    [
      'a missing class',
      { devices: [device('a', { collectorClassRef: { name: 'edge' } })] },
      ['ClassNotFound Device/a spec.collectorClassRef.name'],
    ],
    ['an undeclared area', { devices: [device('a', { area: 'x' })] }, ['AreaNotFound Device/a spec.area']],
    [
      'a parameter nobody declared',
      { profiles: [profile('p', { tags: {} })], devices: [device('a', { profileRef: { name: 'p', parameters: { x: '1' } } })] },
      ['ParameterUndeclared Device/a spec.profileRef.parameters.x'],
    ],
    ['twins by case', { devices: [device('a', { tags: { level: tag(0), Level: tag(1) } })] }, ['TagNameCase Device/a spec.tags.level']],
    [
      'settings of a channel that disagree',
      { devices: [device('a', { modbusTcp: { timeout: '1s' } }), device('b', { modbusTcp: { unitId: 2 } })] },
      ['ChannelConflict Device/b spec.connection.modbusTcp.timeout'],
    ],
    [
      'one endpoint with two framings',
      { devices: [device('a'), device('b', { modbusTcp: { framing: 'RtuOverTcp' } })] },
      ['ChannelConflict Device/b spec.connection.modbusTcp'],
    ],
    ['a selector without devices', { rules: [rule('r')] }, ['SelectorMatchesNothing AlarmRule/r spec.selector']],
    [
      'a selector whose tag no device has',
      { devices: [device('a')], rules: [rule('r', { selector: { devices: {}, tags: ['x'] } })] },
      ['SelectorMatchesNothing AlarmRule/r spec.selector'],
    ],
    [
      'a rule for a missing device',
      { rules: [rule('r', { deviceRef: { name: 'a' }, tag: 'level' })] },
      ['DeviceNotFound AlarmRule/r spec.deviceRef.name'],
    ],
    [
      'a rule for a missing tag',
      { devices: [device('a')], rules: [rule('r', { deviceRef: { name: 'a' }, tag: 'x' })] },
      ['TagNotFound AlarmRule/r spec.tag'],
    ],
    [
      'a limit on text',
      {
        devices: [device('a', { tags: { level: tag(0, { dataType: 'String', modbus: { address: 0, length: 4 } }) } })],
        rules: [rule('r')],
      },
      ['TagTypeMismatch AlarmRule/r spec.condition.limit'],
    ],
    [
      'an unknown state',
      {
        devices: [device('a', { tags: { level: tag(0, { states: { '0': 'Off' } }) } })],
        rules: [rule('r', { condition: { type: 'Discrete', discrete: { alarm: ['Fault', '1', 'Off'] } } })],
      },
      ['StateUnknown AlarmRule/r spec.condition.discrete.alarm'],
    ],
    [
      'a tag deadband wider than the alarm’s',
      {
        devices: [device('a', { tags: { level: tag(0, { deadband: { type: 'Absolute', value: 2 } }) } })],
        rules: [rule('r', { deadband: 1 })],
      },
      ['DeadbandWiderThanAlarm AlarmRule/r spec.deadband'],
    ],
    [
      'an expression that does not parse',
      { devices: [calculated('c', { x: '1 +' })] },
      ['ExpressionInvalid Device/c spec.tags.x.expression'],
    ],
    [
      'an expression that reads nothing there',
      { devices: [calculated('c', { x: "tag('a','level')", y: "tag('x') + 1" })] },
      ['ReferenceMissing Device/c spec.tags.x.expression', 'ReferenceMissing Device/c spec.tags.y.expression'],
    ],
    [
      'a circle',
      { devices: [calculated('c', { x: "tag('y')", y: "tag('x')" })] },
      ['CalculatedCycle Device/c spec.tags.x.expression', 'CalculatedCycle Device/c spec.tags.y.expression'],
    ],
    [
      'a class for nothing we have',
      { classes: [collectorClass('edge', { protocols: [] as never })], devices: [device('a', { collectorClassRef: { name: 'edge' } })] },
      ['ProtocolNotInClass Device/a spec.collectorClassRef.name'],
    ],
    [
      'a channel beyond its class',
      {
        classes: [collectorClass('default', { maxDevicesPerCollector: 1 })],
        devices: [device('a'), device('b', { modbusTcp: { unitId: 2 } })],
      },
      ['ChannelExceedsClass Device/a spec.connection'],
    ],
    [
      'a forbidden simulation',
      { devices: [device('a')], simulations: [simulation('s', [{ selector: {}, signals: [] }])] },
      ['SimulationForbidden Simulation/s spec.siteRef.name'],
    ],
    [
      'a simulation that overlaps',
      {
        sites: [site({ simulation: 'Allowed' })],
        devices: [device('a')],
        simulations: [simulation('s', [{ selector: {}, signals: [] }]), simulation('t', [{ deviceRef: { name: 'a' }, signals: [] }])],
      },
      ['SimulationOverlap Simulation/t spec.devices'],
    ],
    [
      'signals for nothing',
      {
        sites: [site({ simulation: 'Allowed' })],
        devices: [device('a')],
        simulations: [
          simulation('s', [
            { deviceRef: { name: 'z' }, signals: [] },
            {
              selector: {},
              signals: [
                { tag: 'x', constant: 1 },
                { tag: 'level', expression: '1 +' },
              ],
            },
          ]),
        ],
      },
      [
        'DeviceNotFound Simulation/s spec.devices[0].deviceRef.name',
        'TagNotFound Simulation/s spec.devices[1].signals[0].tag',
        'ExpressionInvalid Simulation/s spec.devices[1].signals[1].expression',
      ],
    ],
  ];
  it.each(cases)('of %s', (_title, resources, expected) => {
    expect(findingsOfPlan(resources)).toEqual(expected);
  });

  it('never cost the rest of the plant anything', () => {
    const devices = [
      device('fine'),
      device('lost', { profileRef: { name: 'none' } }),
      calculated('c', { bad: '1 +', good: "tag('fine','level') * 2" }),
    ];
    const result = plan(inputOf({ devices, rules: [rule('r'), rule('q', { deviceRef: { name: 'lost' }, tag: 'level' })] }));
    expect(result.siteModels[0]?.devices.map(({ name, tags }) => [name, tags.map((item) => item.name)])).toEqual([
      ['c', ['good']],
      ['fine', ['level']],
    ]);
    expect(result.siteModels[0]?.rules.map(({ name, targets }) => [name, targets.length])).toEqual([
      ['q', 0],
      ['r', 1],
    ]);
    expect(result.shards[0]?.config.channels[0]?.devices.map(({ name }) => name)).toEqual(['fine']);
  });
});

describe('plan', () => {
  it('gives the same output whatever the order of its input', () => {
    const devices = Array.from({ length: 20 }, (_, index) =>
      device(`d${index}`, { modbusTcp: { host: `10.0.0.${index % 7}`, unitId: index } }),
    );
    const rules = [rule('b'), rule('a')];
    const forward = plan(inputOf({ devices, rules }));
    expect(plan(inputOf({ devices: [...devices].reverse(), rules: [...rules].reverse() }))).toEqual(forward);
  });

  it('lets the stricter value hold on a shared channel', () => {
    const devices = [
      device('a', { modbusTcp: { timeout: '1s', maxInFlight: 4 } }),
      device('b', { modbusTcp: { timeout: '5s', maxInFlight: 2, unitId: 2 } }),
    ];
    const [shard] = plan(inputOf({ devices })).shards;
    expect(shard?.config.channels[0]?.modbusTcp).toMatchObject({ timeout: '5s', maxInFlight: 2 });
  });

  it('tells the api the tokens of each shard and its devices', () => {
    const [model] = plan(inputOf({ devices: [device('a')] })).siteModels;
    expect(model?.shards).toEqual([
      {
        name: expect.stringMatching(/^north-[0-9a-f]{6}-0$/),
        collectorClass: 'default',
        protocol: 'ModbusTcp',
        devices: ['a'],
        tokenHashes: [expect.stringContaining('local/plant:north:')],
      },
    ]);
  });

  it('changes the revision of a site model with its content, not with a status write', () => {
    const of = (meta: object) => plan(inputOf({ sites: [site({}, { generation: 1, ...meta })] })).siteModels[0]?.revision;
    expect(of({ resourceVersion: '7' })).toBe(of({ resourceVersion: '8' }));
    expect(of({ generation: 2 })).not.toBe(of({}));
  });

  it('fills in the defaults of a rule and of each of its limits', () => {
    const condition = {
      type: 'Limit' as const,
      limit: { mode: 'Exclusive' as const, high: { value: 80 }, highHigh: { value: 90, priority: 'Critical' as const, onDelay: '1s' } },
    };
    const [model] = plan(
      inputOf({ devices: [device('a')], rules: [rule('r', { condition, priority: 'High', onDelay: '5s', deadband: 2 })] }),
    ).siteModels;
    expect(model?.rules[0]).toMatchObject({
      targets: [{ device: 'a', tag: 'level' }],
      acknowledge: 'Required',
      onBadQuality: 'Hold',
      condition: {
        mode: 'Exclusive',
        limits: {
          high: {
            value: 80,
            priority: 'High',
            onDelay: '5s',
            deadband: 2,
            message: '$(device) $(tag) is $(value) $(unit), above $(limit)',
          },
          highHigh: { value: 90, priority: 'Critical', onDelay: '1s', deadband: 2 },
        },
      },
    });
  });

  it('spreads 1,000 Devices of 100 tags over shards, and merges again only the Device that changed', () => {
    const tags = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`t${index}`, tag(index, { unit: 'kW', description: `Value ${index}` })]),
    );
    const devices = Array.from({ length: 1000 }, (_, index) =>
      device(`d${index}`, { tags, modbusTcp: { host: `10.0.${index >> 8}.${index & 255}` } }),
    );
    const run = createPlanner();
    const first = run(inputOf({ devices }));
    const changed = device('d0', { tags, mode: 'Disabled' });
    const again = run(inputOf({ devices: [changed, ...devices.slice(1)] }, { assignment: first.assignment }));
    expect(first.shards).toHaveLength(5);
    const tagsOf = ({ siteModels: [model] }: Plan, name: string) => model?.devices.find((one) => one.name === name)?.tags;
    expect(tagsOf(again, 'd1')).toHaveLength(100);
    expect(tagsOf(again, 'd1')?.[0]).toBe(tagsOf(first, 'd1')?.[0]);
    expect(tagsOf(again, 'd0')?.[0]).not.toBe(tagsOf(first, 'd0')?.[0]);
  });
});
