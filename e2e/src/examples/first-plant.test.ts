import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyDefaults, validateResource } from '@kubeplant/crds/validate';
import { createSignals } from '@kubeplant/engine';
import { plan } from '@kubeplant/plan';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../../examples/first-plant');

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const resources = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => document.toJS() as Resource));

function planned() {
  // Valid by the first test; their types are those of the schemas.
  const of = (kind: string) =>
    resources.filter((resource) => resource.kind === kind).map((resource) => withNamespace(applyDefaults(resource))) as never[];
  return plan({
    resources: {
      sites: of('Site'),
      devices: of('Device'),
      profiles: of('DeviceProfile'),
      rules: of('AlarmRule'),
      classes: of('CollectorClass'),
      simulations: of('Simulation'),
    },
    assignment: {},
    simulators: {},
    host: { kind: 'local', cluster: 'local', simulate: true, tokenHashes: () => [] },
  });
}

const withNamespace = (resource: unknown): unknown => {
  const { metadata, ...rest } = resource as Resource;
  return { ...rest, metadata: { namespace: 'default', uid: metadata.name, ...metadata } };
};

/** The simulation, step by step: values of every half second. */
function simulate(seconds: number) {
  const [simulator] = planned().simulators;
  const devices = simulator!.listeners.flatMap(({ devices: served }) =>
    served.map(({ device, signals }) => ({ device: device.name, tags: device.tags, signals })),
  );
  const signals = createSignals({ devices, seed: 1 });
  signals.step(0);
  const course: { second: number; at: (device: string, tag: string) => number }[] = [];
  for (let second = 0; second <= seconds; second += 0.5) {
    const values = new Map(
      devices.flatMap(({ device, tags }) => tags.map(({ name }) => [`${device}/${name}`, signals.value(device, name) ?? Number.NaN])),
    );
    course.push({ second, at: (device, tag) => values.get(`${device}/${tag}`) ?? Number.NaN });
    signals.step(500);
  }
  return course;
}

describe('examples/first-plant', () => {
  it('is valid, and the plan has nothing to say about it', () => {
    for (const resource of resources)
      expect({ name: resource.metadata.name, errors: validateResource(resource) }).toEqual({ name: resource.metadata.name, errors: [] });
    expect(planned().findings).toEqual([]);
    expect(planned().siteModels[0]?.rules).toHaveLength(6);
    expect(planned().siteModels[0]?.devices).toHaveLength(5);
  });

  it('gives every tag that is read a value, inside its range', () => {
    const course = simulate(300);
    for (const device of planned().siteModels[0]!.devices) {
      for (const { name, dataType, range, modbus } of device.tags) {
        if (modbus === undefined || dataType === 'String') continue;
        for (const { at } of course) {
          expect(Number.isFinite(at(device.name, name))).toBe(true);
          if (range?.low !== undefined) expect(at(device.name, name)).toBeGreaterThan(range.low - 2);
          if (range?.high !== undefined) expect(at(device.name, name)).toBeLessThanOrEqual(range.high);
        }
      }
    }
  });

  it('trips pump 1 half a minute after the start and again and again, and the trip shows in flow, pressure and power', () => {
    const course = simulate(600);
    const trips = course.filter(({ at }, i) => at('pump-1', 'status') === 2 && course[i - 1]?.at('pump-1', 'status') === 1);
    expect(trips[0]!.second).toBeGreaterThan(20);
    expect(trips[0]!.second).toBeLessThan(40);
    expect(trips.length).toBeGreaterThanOrEqual(5);
    const before = course.find(({ second }) => second === trips[0]!.second - 1)!;
    const after = course.find(({ second }) => second === trips[0]!.second + 12)!;
    expect(after.at('pump-1', 'flow')).toBeLessThan(before.at('pump-1', 'flow') / 10);
    expect(after.at('station', 'discharge-pressure')).toBeLessThan(3.2);
    expect(after.at('power-meter', 'active-power')).toBeLessThan(before.at('power-meter', 'active-power') / 3);
  });

  it('lets the level follow the flows', () => {
    const course = simulate(300);
    for (const [i, now] of course.entries()) {
      const before = course[i - 1];
      if (before === undefined) continue;
      const net = now.at('station', 'inflow') - now.at('station', 'outflow');
      if (Math.abs(net) < 10) continue;
      expect(Math.sign(now.at('station', 'level') - before.at('station', 'level'))).toBe(Math.sign(net));
    }
  });
});
