import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { calculated, device, host, inputOf, rule, simulation, site, tag } from './plan-fixtures.ts';

const allowed = [site({ simulation: 'Allowed' })];
const devices = [
  device('a', { modbusTcp: { standby: { host: '10.0.0.9', port: 502 } } }, { labels: { kind: 'pump' } }),
  device('b', { modbusTcp: { host: '10.0.0.2' } }),
  calculated('c', { x: "tag('a','level') * 2" }),
  calculated('d', { x: "tag('c','x') * 2" }),
  calculated('e', { x: "tag('b','level') * 2" }),
];
const pumps = simulation('s', [{ selector: { matchLabels: { kind: 'pump' } }, signals: [{ tag: 'level', constant: 5 }] }]);
const channel = 'ModbusTcp/10.0.0.1:502+10.0.0.9:502';
const simulators = { [`plant/${channel}`]: { host: '127.0.0.1', port: 4711 } };
const dialled = (result: ReturnType<typeof plan>) =>
  result.shards.flatMap(({ config }) => config.channels.map(({ endpoint, standby }) => [endpoint.host, standby?.host]));

describe('a Simulation', () => {
  it('takes over the endpoint and nothing else, and marks all that comes of it', () => {
    const result = plan(inputOf({ sites: allowed, devices, simulations: [pumps] }, { simulators }));
    expect(dialled(result)).toEqual([
      ['127.0.0.1', undefined],
      ['10.0.0.2', undefined],
    ]);
    expect(result.siteModels[0]?.devices.map(({ name, simulated }) => [name, simulated])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', true],
      ['e', false],
    ]);
    expect(result.siteModels[0]?.simulations).toEqual(['s']);
    expect(result.simulators).toMatchObject([
      {
        simulation: 's',
        interval: '500ms',
        listeners: [
          {
            channel,
            port: 0,
            devices: [{ device: { name: 'a', modbusTcp: { host: '10.0.0.1' } }, signals: [{ tag: 'level', constant: 5 }] }],
          },
        ],
      },
    ]);
  });

  it('never lets the real device be dialled while its simulator is not up', () => {
    expect(dialled(plan(inputOf({ sites: allowed, devices, simulations: [pumps] })))).toEqual([['10.0.0.2', undefined]]);
  });

  it.each([
    ['the Site forbids it', [site()], host, 'Error'],
    ['the host was started without --simulate', allowed, { ...host, simulate: false }, 'Warning'],
  ])('changes nothing where %s', (_title, sites, on, severity) => {
    const result = plan(inputOf({ sites, devices, simulations: [pumps] }, { simulators, host: on }));
    expect(dialled(result)).toEqual([
      ['10.0.0.1', '10.0.0.9'],
      ['10.0.0.2', undefined],
    ]);
    expect(result.findings).toMatchObject([{ reason: 'SimulationForbidden', severity }]);
  });

  it('gives a channel to the older of two', () => {
    const older = simulation('z', [{ deviceRef: { name: 'a' }, signals: [] }], { creationTimestamp: '2026-01-01T00:00:00Z' });
    const younger = { ...pumps, metadata: { ...pumps.metadata, creationTimestamp: '2026-01-02T00:00:00Z' } };
    expect(plan(inputOf({ sites: allowed, devices, simulations: [younger, older] })).simulators.map((item) => item.simulation)).toEqual([
      'z',
    ]);
  });

  it('listens on ports that stay on Kubernetes', () => {
    const ports = (own: typeof devices) =>
      plan(
        inputOf(
          { sites: allowed, devices: own, simulations: [simulation('s', [{ selector: {}, signals: [] }])] },
          { host: { ...host, kind: 'kubernetes' } },
        ),
      ).simulators[0]?.listeners.map((item) => [item.channel, item.port]);
    const before = ports(devices.slice(0, 1));
    expect(before?.[0]?.[1]).toBeGreaterThanOrEqual(20_000);
    expect(ports(devices)).toContainEqual(before?.[0]);
  });
});

describe('suspend', () => {
  const before = plan(inputOf({ devices: [device('a'), device('b', { modbusTcp: { host: '10.0.0.2' } })], rules: [rule('r')] }));
  const levels = (result: ReturnType<typeof plan>) =>
    result.siteModels[0]?.devices.map(({ name, tags }) => `${name}:${tags[0]?.modbus?.address}`);
  const changed = { tags: { level: tag(7) } };

  it('keeps a Device and a rule as they were', () => {
    const result = plan(
      inputOf(
        {
          devices: [device('a', { ...changed, suspend: true }), device('b', { ...changed, modbusTcp: { host: '10.0.0.2' } })],
          rules: [rule('r', { suspend: true, priority: 'Critical' })],
        },
        { assignment: before.assignment, previous: before },
      ),
    );
    expect(levels(result)).toEqual(['a:0', 'b:7']);
    expect(result.siteModels[0]?.rules).toEqual(before.siteModels[0]?.rules);
  });

  it('does not start what was suspended from the beginning', () => {
    expect(levels(plan(inputOf({ devices: [device('a', { suspend: true })] })))).toEqual([]);
  });

  it('keeps a whole Site with its shards and what is assigned to them', () => {
    const result = plan(
      inputOf({ sites: [site({ suspend: true })], devices: [device('a', changed)] }, { assignment: before.assignment, previous: before }),
    );
    expect({ ...result, findings: [] }).toEqual({ ...before, findings: [] });
  });
});
