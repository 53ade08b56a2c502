import { createSiteEngine, type FastSiteEngine } from '@kubeplant/engine';
import type { EffectiveLimit, SiteModel } from '@kubeplant/crds/model';
import { median } from './median.ts';
import type { Bench, BenchResult } from './types.ts';

const DEVICES = 100;
const TAGS = 100;
const READINGS = 2_000_000;
const ROUNDS = 7;

/** Limit alarms, all in: look up the tag of a run, evaluate four limits with quality, deadband and delay, keep the value. */
export const bench: Bench = {
  name: 'alarm',
  description: `${READINGS.toLocaleString('en-US')} readings of ${DEVICES * TAGS} tags with four limits each, ${ROUNDS} rounds`,
  run: async () => measure(),
};

function measure(): BenchResult {
  const engine = createSiteEngine({ model: buildModel(), alarms: [], latest: [], epoch: 1, nowUs: 0 });
  const slots = Int32Array.from({ length: DEVICES * TAGS }, (_, id) => engine.slot(deviceName(id), tagName(id)));
  const values = Float64Array.from({ length: 65_536 }, (_, index) => 50 + 39 * Math.sin(index));
  // One reading in 65 536 is beyond a limit, the next of its tag is not: alarms come and go at the rate of a bad day.
  values[4711] = 95;
  const ours: number[] = [];
  const named: number[] = [];
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    const bySlot = timeBySlot(engine, slots, values, 2 * round);
    const byName = timeByName(engine, values, 2 * round + 1);
    // The first round only warms up.
    if (round > 0) [ours[round - 1], named[round - 1]] = [bySlot, byName];
  }
  const { transitions } = engine.takeChanges();
  if (transitions.length === 0) throw new Error('no alarm came: the bench measures nothing');
  const notes = [
    `by name, with an object per reading: ${median(named).toFixed(1)} ns`,
    `${transitions.length} transitions were journalled`,
  ];
  return { name: 'alarm', goal: 40, gate: 44, ratio: median(ours), unit: 'ns', higherIsBetter: false, ours, peer: [], notes };
}

function timeBySlot(engine: FastSiteEngine, slots: Int32Array, values: Float64Array, round: number): number {
  const startUs = round * READINGS * 1000;
  const startNs = process.hrtime.bigint();
  for (let index = 0; index < READINGS; index += 1) {
    if (index % 1000 === 0) engine.setCause('run', index);
    engine.readingAt(slots[index % slots.length] ?? -1, startUs + index * 1000, values[index & 65_535] ?? 0, 0, 0, index % 1000);
  }
  return Number(process.hrtime.bigint() - startNs) / READINGS;
}

function timeByName(engine: FastSiteEngine, values: Float64Array, round: number): number {
  const count = READINGS / 10;
  const names = Array.from({ length: DEVICES * TAGS }, (_, id) => ({ device: deviceName(id), tag: tagName(id) }));
  const startUs = round * READINGS * 1000;
  const startNs = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) {
    const { device = '', tag = '' } = names[index % names.length] ?? {};
    engine.reading({
      device,
      tag,
      timeUs: startUs + index * 1000,
      value: values[index & 65_535] ?? 0,
      status: 0,
      flags: 0,
      cause: 'run:1:0',
    });
  }
  return Number(process.hrtime.bigint() - startNs) / count;
}

const deviceName = (id: number): string => `device-${Math.floor(id / TAGS)}`;
const tagName = (id: number): string => `tag-${id % TAGS}`;

function buildModel(): SiteModel {
  const limit = (value: number): EffectiveLimit => ({ value, priority: 'High', onDelay: '0s', deadband: 1, message: '$(tag) is $(value)' });
  const ids = Array.from({ length: DEVICES * TAGS }, (_, id) => id);
  const devices = Array.from({ length: DEVICES }, (_, index) => buildDevice(`device-${index}`));
  return {
    ...{
      formatVersion: 2,
      cluster: 'local',
      namespace: 'default',
      tenant: 'local/default',
      site: 'plant',
      revision: '1',
      displayName: 'Plant',
    },
    ...{
      timezone: 'UTC',
      dayStart: '00:00',
      historian: { class: 'standard', eventRetention: '5y' },
      areas: [],
      simulations: [],
      shards: [],
      resources: [],
      findings: [],
      devices,
    },
    rules: [
      {
        ...{
          namespace: 'default',
          name: 'limits',
          uid: 'limits',
          revision: '1',
          priority: 'High',
          onDelay: '0s',
          offDelay: '0s',
          message: '',
        },
        ...{ onBadQuality: 'Hold', acknowledge: 'Required', targets: ids.map((id) => ({ device: deviceName(id), tag: tagName(id) })) },
        condition: {
          type: 'Limit',
          mode: 'NonExclusive',
          limits: { highHigh: limit(93), high: limit(90), low: limit(10), lowLow: limit(5) },
        },
      },
    ],
  };
}

function buildDevice(name: string): SiteModel['devices'][number] {
  const tag = {
    kind: 'Analog',
    dataType: 'Float64',
    samplingInterval: '1s',
    staleAfter: '5s',
    deadband: { type: 'None', value: 0 },
  } as const;
  return {
    ...{ namespace: 'default', name, uid: name, revision: '1', labels: {}, mode: 'Active', protocol: 'ModbusTcp', simulated: false },
    communicationAlarm: { priority: 'None', onDelay: '0s' },
    tags: Array.from({ length: TAGS }, (_, index) => ({ name: `tag-${index}`, ...tag })),
  };
}
