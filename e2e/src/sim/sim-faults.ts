import { valuesOn } from './sim-disk.ts';
import type { Seat, SimPlant } from './sim-plant.ts';

/** One thing that goes wrong, and goes over by itself. */
export interface SimFault {
  readonly name: string;
  /** Only of collectors that keep readings on disk. */
  readonly needsDisk?: boolean;
  /** What was shown may never be recorded, because what it came from is gone. */
  readonly takesReadings?: boolean;
  begin(plant: SimPlant): void;
}

/** On a slow disk. */
const SLOWEST_REMOVAL_MS = 3000;
const NEEDS_SPACE = new Set(['append', 'create', 'replace', 'makeFolder']);

/** Every fault of the simulation. */
export const SIM_FAULTS: readonly SimFault[] = [
  {
    name: 'kill the api',
    begin: (plant) => {
      const killed = plant.api;
      plant.killApi();
      later(plant, 50, 3000, () => plant.api === killed && plant.startApi()); // as one that another fault has started
    },
  },
  {
    name: 'another api of the same name',
    begin: (plant) => {
      const older = plant.api;
      if (older === undefined || !older.process.alive) return;
      plant.startApi();
      if (plant.random() < 0.5) plant.network.cut(older.process);
      later(plant, 2000, 8000, () => {
        older.process.kill();
        plant.network.cut(older.process);
        plant.database.cut(older.process);
      });
    },
  },
  {
    name: 'the api stands still',
    begin: (plant) => {
      const process = plant.api?.process;
      process?.pause();
      later(plant, 500, 12_000, () => process?.resume());
    },
  },
  {
    name: 'kill a collector',
    takesReadings: true,
    begin: (plant) => {
      const seat = pickSeat(plant);
      plant.killCollector(seat);
      restart(plant, seat);
    },
  },
  {
    name: 'the power of a collector fails',
    needsDisk: true,
    takesReadings: true,
    begin: (plant) => {
      const seat = pickSeat(plant);
      plant.killCollector(seat);
      failPower(plant, seat);
      restart(plant, seat);
    },
  },
  {
    name: 'a volume is lost',
    needsDisk: true,
    takesReadings: true,
    begin: (plant) => {
      const seat = pickSeat(plant);
      plant.killCollector(seat);
      seat.volume?.disk.wipe();
      for (const { by } of plant.device.served) if (by.name === seat.instance) plant.bereft.add(by);
      restart(plant, seat);
    },
  },
  {
    name: 'a bit of a file flips',
    needsDisk: true,
    takesReadings: true,
    begin: (plant) => {
      const seat = pickSeat(plant);
      plant.killCollector(seat);
      seat.volume?.damage(plant.random, false);
      restart(plant, seat);
    },
  },
  {
    name: 'the disk is full',
    needsDisk: true,
    begin: (plant) => breakDisk(plant, (operation) => (NEEDS_SPACE.has(operation) ? 'ENOSPC' : undefined)),
  },
  {
    name: 'the disk is read-only',
    needsDisk: true,
    begin: (plant) => breakDisk(plant, (operation) => (operation === 'read' ? undefined : 'EROFS')),
  },
  {
    name: 'the disk is slow',
    needsDisk: true,
    begin: (plant) => {
      const { volume } = pickSeat(plant);
      if (volume) slowDown(plant, volume, { fromMs: 300, untilMs: 700 });
    },
  },
  { name: 'streams are cut', begin: ({ network }) => network.cut() },
  {
    name: 'the network stalls',
    begin: (plant) => {
      plant.network.stall();
      later(plant, 300, 20_000, plant.network.release);
    },
  },
  {
    name: 'the network is down',
    begin: (plant) => {
      plant.network.isDown = true;
      later(plant, 300, 6000, () => {
        plant.network.isDown = false;
      });
    },
  },
  {
    name: 'the network is slow',
    begin: (plant) => slowDown(plant, plant.network, { fromMs: 100, untilMs: 400 }),
  },
  { name: 'connections to the database are cut', begin: ({ database }) => database.cut() },
  {
    name: 'the database crashes',
    begin: (plant) => {
      plant.database.crash();
      later(plant, 100, 6000, plant.database.start);
    },
  },
  {
    name: 'the database is a black hole',
    begin: (plant) => {
      plant.database.isBlackHole = true;
      later(plant, 500, 25_000, () => {
        plant.database.isBlackHole = false;
      });
    },
  },
  {
    name: 'the database is slow',
    begin: (plant) => slowDown(plant, plant.database, { fromMs: 50, untilMs: 1500 }),
  },
  {
    name: 'the database is restored to an earlier point',
    takesReadings: true,
    begin: (plant) => restoreDatabase(plant, Math.floor(plant.random() * 40)),
  },
  {
    name: 'the clock of the collectors steps',
    begin: (plant) => {
      plant.clockOffsetMs += (plant.random() - 0.5) * 7_200_000;
    },
  },
];

function failPower({ setBack, gone }: SimPlant, { volume }: Seat): void {
  if (volume === undefined) return;
  const before = valuesOn(volume, false);
  volume.disk.crash();
  const after = valuesOn(volume, false);
  for (const number of before) if (setBack.has(number) && !after.has(number)) gone.add(number);
}

/** Undo the last commits, but not those that the plant began with. */
function restoreDatabase({ database, device, seats, setBack, gone, hadDiskFail }: SimPlant, commits: number): void {
  const before = numbersIn(database.tables, device.name);
  database.restore(Math.max(20, database.commits - commits));
  const after = numbersIn(database.tables, device.name);
  const onDisk = onDisks({ seats });
  const keepsOnDisk = seats.every(({ volume }) => volume !== undefined);
  for (const number of before) {
    if (after.has(number)) continue;
    setBack.add(number);
    // One that lives has what is not on disk yet in memory, unless the disk has failed.
    const holdsInMemory = keepsOnDisk && !hadDiskFail && device.served[number - 1]?.by.alive === true;
    if (!onDisk.has(number) && !holdsInMemory) gone.add(number);
  }
}

/** What was not synced when a disk failed is on none. */
const onDisks = ({ seats }: Pick<SimPlant, 'seats'>): Set<number> =>
  new Set(seats.flatMap(({ volume }) => (volume ? [...valuesOn(volume, true)] : [])));

function numbersIn({ readings, tags }: SimPlant['database']['tables'], device: string): Set<number> {
  const tagId = tags.get(`${device}/number/Real`)?.tagId;
  return new Set(readings.filter((row) => row.tagId === tagId).map(({ value = 0 }) => value));
}

function breakDisk(plant: SimPlant, fault: (operation: string) => string | undefined): void {
  const { volume } = pickSeat(plant);
  if (volume === undefined) return;
  volume.disk.fault = fault;
  plant.hadDiskFail = true;
  later(plant, 500, 6000, () => {
    volume.disk.fault = () => undefined;
    forgetRemoved(plant);
    plant.time.after(SLOWEST_REMOVAL_MS, () => forgetRemoved(plant));
  });
}

/** A full disk is made room on: what is committed, as far as the collector knows, goes first. */
function forgetRemoved(plant: SimPlant): void {
  const left = onDisks(plant);
  for (const number of plant.setBack) if (!left.has(number)) plant.gone.add(number);
}

/** As it is when nothing slows it down. */
const usual = new WeakMap<object, () => number>();

function slowDown(
  plant: SimPlant,
  link: { latencyMs: () => number },
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): void {
  const latencyMs = usual.get(link) ?? link.latencyMs;
  usual.set(link, latencyMs);
  link.latencyMs = () => fromMs + plant.random() * (untilMs - fromMs);
  later(plant, 1000, 8000, () => {
    link.latencyMs = latencyMs;
  });
}

function pickSeat({ seats, random }: SimPlant): Seat {
  const seat = seats[Math.floor(random() * seats.length)];
  if (seat === undefined) throw new Error('a plant has a seat');
  return seat;
}

/** A process started meanwhile by another fault is left alone. */
function restart(plant: SimPlant, seat: Seat): void {
  const killed = seat.collector;
  later(plant, 50, 3000, () => seat.collector === killed && plant.startCollector(seat));
}

function later(plant: SimPlant, fromMs: number, untilMs: number, work: () => void): void {
  plant.ongoing += 1;
  plant.time.after(fromMs + plant.random() ** 2 * (untilMs - fromMs), () => {
    plant.ongoing -= 1;
    work();
  });
}
