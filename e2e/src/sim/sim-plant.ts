import type { Lost } from '@kubeplant/proto';
import { device, highRule, model, packed, tag, TOKEN } from '../../../api/server/src/owner/plant.fixture.ts';
import { createRandom } from '../faults/random.ts';
import type { Mutation } from './mutations.ts';
import { type SimApi, startSimApi } from './sim-api.ts';
import { type SimCollector, startSimCollector } from './sim-collector.ts';
import { createSimDatabase, type SimDatabase } from './sim-database.ts';
import { createSimDevice, type SimDevice } from './sim-device.ts';
import { createVolume, valuesOn, type Volume } from './sim-disk.ts';
import { createSimNetwork, type SimNetwork } from './sim-network.ts';
import { type SimProcess, startVirtualTime, type VirtualTime } from './virtual-time.ts';

/** A place where collectors run, one after the other. */
export interface Seat {
  readonly instance: string;
  readonly volume: Volume | undefined;
  collector: SimCollector | undefined;
}

/** A plant in one process: one device, one or two seats of collectors, an api, a database, and what lies between. */
export interface SimPlant {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly network: SimNetwork;
  readonly database: SimDatabase;
  readonly device: SimDevice;
  readonly seats: readonly Seat[];
  /** The api that streams go to. */
  api: SimApi | undefined;
  clockOffsetMs: number;
  /** Faults that are not over. */
  ongoing: number;
  /** Told by collectors to be lost. */
  readonly lost: Lost[];
  /** Processes whose readings may be missing whatever was promised: their volume was taken away. */
  readonly bereft: Set<SimProcess>;
  /** Numbers that were stored when the database was set back to a point before. */
  readonly setBack: Set<number>;
  /** Of these, such as no disk had any more: nothing is left to send them again from. */
  readonly gone: Set<number>;
  /** A disk could not be written for a while: what was committed meanwhile may be on none. */
  hadDiskFail: boolean;
  /** Ids of alarm transitions that were shown, and the api that showed them while it could not record; undefined: it could. */
  readonly announced: Map<string, SimApi | undefined>;
  /** By tag, as shown last. */
  readonly shown: Map<string, number | undefined>;
  readonly problems: string[];
  startApi(): void;
  killApi(): void;
  startCollector(seat: Seat): void;
  killCollector(seat: Seat): void;
}

const BEGIN_MS = Date.UTC(2026, 0, 15, 10);
const RESTART_MS = 500;

const NUMBER = tag('number');
const SITE = packed(
  model([device('counter', [NUMBER, tag('phase')])], {
    rules: [{ ...highRule('counter', 'phase'), acknowledge: 'NotRequired' }],
  }),
);

/** Every process of the plant runs when this returns. `mutation`: what is broken on purpose. */
export function createSimPlant(seed: number, mutation: Mutation | undefined): SimPlant {
  const random = createRandom(seed);
  const time = startVirtualTime(random, BEGIN_MS);
  const keepsOnDisk = mutation?.needsDisk === true || random() < 0.7;
  const isWarm = random() < 0.25;
  const database = createSimDatabase(time, random);
  mutation?.breakDatabase?.(database);
  let starts = 0;
  const seats = (isWarm ? ['collector-0', 'collector-1'] : ['collector-0']).map((instance): Seat => {
    const volume = keepsOnDisk ? createVolume(time, random) : undefined;
    if (volume) mutation?.breakVolume?.(volume);
    return { instance, volume, collector: undefined };
  });

  const plant: SimPlant = {
    ...{ time, random, database, seats },
    network: createSimNetwork(time, random, TOKEN),
    device: createSimDevice('counter'),
    api: undefined,
    clockOffsetMs: 0,
    ongoing: 0,
    lost: [],
    bereft: new Set(),
    setBack: new Set(),
    gone: new Set(),
    hadDiskFail: false,
    announced: new Map(),
    shown: new Map(),
    problems: [],
    startApi: () => {
      const process = time.createProcess(`api-${++starts}`);
      const again = (): void => {
        process.kill();
        time.after(RESTART_MS, () => plant.api?.process === process && plant.startApi());
      };
      const onProblem = (error: unknown): void => void plant.problems.push(error instanceof Error ? error.message : String(error));
      plant.api = process.run(() => startSimApi({ ...plant, process, model: SITE, onFailed: again, onProblem }));
      watch(plant, plant.api);
    },
    killApi: () => {
      const killed = plant.api?.process;
      if (killed === undefined) return;
      killed.kill();
      plant.network.cut(killed);
      database.cut(killed);
    },
    startCollector: (seat) => {
      const process = time.createProcess(seat.instance);
      const run = `01SIM${String(++starts).padStart(21, '0')}`;
      seat.collector = process.run(() =>
        startSimCollector({
          ...{ time, process, run, device: plant.device, instance: seat.instance, volume: seat.volume },
          dial: plant.network.dialFrom(process, mutation?.tap),
          rules: { highAvailability: isWarm ? 'Warm' : 'Off', onIsolation: 'KeepPolling' },
          clockOffsetMs: () => plant.clockOffsetMs,
          wrapBuffer: mutation?.wrapBuffer ?? ((buffer) => buffer),
          onLost: (lost) => plant.lost.push(lost),
        }),
      );
    },
    killCollector: ({ collector, volume }) => {
      if (collector === undefined) return;
      // What it had in memory alone, because it was committed before the disk took it, is needed again and gone.
      const left = volume ? valuesOn(volume, false) : new Set();
      for (const number of plant.setBack)
        if (plant.device.served[number - 1]?.by === collector.process && !left.has(number)) plant.gone.add(number);
      collector.process.kill();
      plant.network.cut(collector.process);
    },
  };
  plant.startApi();
  for (const seat of seats) plant.startCollector(seat);
  return plant;
}

/** What a browser would have been told. */
function watch(plant: SimPlant, api: SimApi): void {
  const { hub, process } = api;
  hub.onAlarms(({ transitions }) => {
    const shownOnlyBy = api.isRecording() ? undefined : api;
    if (process.alive) for (const { id } of transitions) plant.announced.set(id, shownOnlyBy);
  });
  hub.onValues((values) => {
    if (plant.api?.process !== process) return;
    for (const { path, value } of values) plant.shown.set(path, typeof value === 'number' ? value : undefined);
  });
}
