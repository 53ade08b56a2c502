import { createFakeClock } from '../create-fake-clock.ts';
import { createRandom, type Random } from './create-random.ts';
import { judgeHistory, type Verdict } from './judge-history.ts';
import type { CutBlock } from './model-collector.ts';
import { createModelDatabase, type ModelDatabase } from './model-database.ts';
import { createPlaces, type Place, type Places } from './model-places.ts';
import { createModelWire, type ModelWire } from './model-wire.ts';
import type { Mutation } from './mutations.ts';

interface World {
  readonly random: Random;
  readonly database: ModelDatabase;
  readonly places: Places;
  readonly wire: ModelWire;
  /** False: files that are committed may be gone early, so the database must not come back without them. */
  mayRestore: boolean;
}

const STEPS = 60;
const HEAL_TURNS = 300;
const HEAL_TURNS_AT_LEAST = 20;
const TICK_MS = 100;
const MANY_MESSAGES = 20;

/**
 * One random life of a shard: two collectors with a disk each, streams that are cut with what is on its way, owners that are
 * followed by others and go on for a while, databases that come back as they were before, crashes with and without the power,
 * disks that fail, flip bits or vanish. Then everything works again, and all is delivered. The same for the same seed.
 */
export async function runHistory(seed: number, mutation?: Mutation): Promise<Verdict> {
  const random = createRandom(seed);
  const clock = createFakeClock();
  const database = createModelDatabase({ reuseEpochs: mutation === 'reusedEpoch' });
  const blocks = new Map<string, CutBlock>();
  const isSmall = random.chance(0.25);
  const limits = { maxAgeMs: 72 * 3_600_000, maxSizeBytes: isSmall ? 24_000 : 2 ** 31, syncIntervalMs: 1000 };
  const isCommitted = (run: string, seq: number): boolean => database.committedOf(run).has(seq);
  const places = createPlaces({ random, clock, limits, maxBytes: isSmall ? 6000 : 1 << 20, isCommitted, blocks }, mutation);
  const wire = createModelWire({ random, database, places });
  const world: World = { random, database, places, wire, mayRestore: !isSmall };
  let value = 0;

  async function pass(ticks: number): Promise<void> {
    for (let tick = 0; tick < ticks; tick++) {
      clock.advance(TICK_MS);
      await settle();
      for (const { process } of places.all) process?.look();
    }
  }

  for (let step = 0; step < STEPS; step++) {
    const place = places.any();
    if (place.process === undefined && random.chance(0.7)) places.start(place);
    for (const { process } of places.all) for (let i = random.below(8); i > 0; i--) process?.poll(++value);
    await pass(1 + random.below(8));
    if (random.chance(0.8)) for (const each of places.all) wire.carry(each, random.below(12));
    if (random.chance(0.6)) wire.commit();
    if (random.chance(0.3)) happen(world, place);
    await settle();
  }
  for (let turn = 0; turn < HEAL_TURNS && (turn < HEAL_TURNS_AT_LEAST || !isDone(places)); turn++) {
    heal(world);
    await pass(2);
  }
  const held = places.all.reduce((sum, { process }) => sum + (process?.buffer.count ?? 0), 0);
  for (const place of places.all) places.end(place, 'kill');
  return judgeHistory({ seed, database, blocks, problems: wire.problems(), held });
}

type Event = readonly [weight: number, happen: (world: World, place: Place) => void];

const EVENTS: readonly Event[] = [
  [20, (_, { process }) => process?.link.disconnect()],
  [10, ({ wire }) => wire.follow()],
  [8, ({ wire }) => wire.changeTurn()],
  [12, ({ places }, place) => places.end(place, 'kill')],
  [14, ({ places }, place) => places.end(place, 'crash')],
  [6, breakDisk],
  [
    10,
    (_, { disk }) => {
      disk.fault = () => undefined;
    },
  ],
  [2, ({ places }, place) => places.loseFolder(place)],
  [
    2,
    ({ places }, place) => {
      places.end(place, 'crash');
      places.loseFolder(place);
    },
  ],
  [
    7,
    ({ places }, place) => {
      places.end(place, 'kill');
      places.flip(place);
    },
  ],
  [5, ({ database }) => database.backUp()],
  [6, restore],
  [5, (_, { process }) => process?.wait()],
];
const WEIGHT = EVENTS.reduce((sum, [weight]) => sum + weight, 0);

/** One of the misfortunes, and of what undoes them. */
function happen(world: World, place: Place): void {
  let left = world.random.below(WEIGHT);
  for (const [weight, event] of EVENTS) {
    left -= weight;
    if (left < 0) {
      event(world, place);
      return;
    }
  }
}

function breakDisk(world: World, place: Place): void {
  const code = ['ENOSPC', 'EIO', 'EROFS'][world.random.below(3)] ?? 'EIO';
  if (code === 'ENOSPC') world.mayRestore = false;
  world.places.breakDisk(place, code);
}

function restore({ database, wire, places, mayRestore }: World): void {
  if (!mayRestore || !database.restore()) return;
  wire.follow();
  places.excuseUnsafe();
}

function heal({ places, wire }: World): void {
  for (const place of places.all) {
    place.disk.fault = () => undefined;
    if (place.process === undefined) places.start(place);
    wire.carry(place, MANY_MESSAGES);
  }
  wire.commitLast();
}

const isDone = ({ all }: Places): boolean =>
  all.every(({ process }) => process?.buffer.count === 0 && process.link.stream?.up.length === 0);

async function settle(): Promise<void> {
  for (let i = 0; i < 60; i++) await undefined;
}
