import { FILE_HEADER_BYTES } from '../../log/record.ts';
import { createSimDisk, type SimDisk } from '../create-sim-disk.ts';
import type { Random } from './create-random.ts';
import { type CutBlock, type ModelProcess, type ModelProcessOptions, startModelProcess } from './model-collector.ts';
import { forgetSyncs, type Mutation, recut, repairSums } from './mutations.ts';

/** A collector of the shard: its disk stays when its process does not. */
export interface Place {
  readonly name: string;
  readonly disk: SimDisk;
  process: ModelProcess | undefined;
}

/** What happens to the places of a shard. */
export interface Places {
  readonly all: readonly [Place, Place];
  any(): Place;
  start(place: Place): void;
  end(place: Place, how: 'kill' | 'crash'): void;
  /** A bit of a file is wrong from now on: not in its header, and not in its last block, which may look torn. */
  flip(place: Place): void;
  breakDisk(place: Place, code: string): void;
  loseFolder(place: Place): void;
  /** What is not safe need not come back. */
  excuseUnsafe(): void;
}

/** Two places, empty and healthy. */
export function createPlaces(
  {
    random,
    blocks,
    ...shared
  }: Pick<ModelProcessOptions, 'clock' | 'limits' | 'maxBytes' | 'isCommitted'> & {
    readonly random: Random;
    readonly blocks: Map<string, CutBlock>;
  },
  mutation: Mutation | undefined,
): Places {
  const createPlace = (name: string): Place => ({ name, disk: createSimDisk(random.next), process: undefined });
  const all = [createPlace('a'), createPlace('b')] as const;
  let runs = 0;
  return {
    all,
    any: () => all[random.chance(0.5) ? 0 : 1],
    start: (place) => {
      const run = `01${String(++runs).padStart(6, '0')}`;
      const fs = mutation === 'withoutSync' ? forgetSyncs(place.disk.mount()) : place.disk.mount();
      const disguise = mutation === 'recutBlocks' ? recut : <T>(delivery: T) => delivery;
      place.process = startModelProcess({ ...shared, fs, run, disk: place.name, blocks, disguise });
    },
    end: (place, how) => {
      place.process?.die();
      place.process = undefined;
      place.disk[how]();
    },
    flip: ({ disk }) => {
      const paths = disk.paths.filter((path) => path.endsWith('.seg'));
      const path = paths[random.below(paths.length)];
      const until = path === undefined ? 0 : disk.contentOf(path).lastIndexOf('KPB1');
      if (path === undefined || until <= FILE_HEADER_BYTES) return;
      disk.flip(path, FILE_HEADER_BYTES + random.below(until - FILE_HEADER_BYTES));
      if (mutation === 'withoutCrc') disk.write(path, repairSums(disk.contentOf(path)));
    },
    breakDisk: ({ disk }, code) => {
      const broken: readonly string[] = random.chance(0.3) ? ['sync'] : ['append', 'create', 'replace'];
      disk.fault = (operation) => (broken.includes(operation) ? code : undefined);
    },
    loseFolder: (place) => {
      place.disk.wipe();
      place.process?.loseFolder();
      for (const block of blocks.values()) block.isExcused ||= block.disk === place.name;
    },
    excuseUnsafe: () => {
      for (const block of blocks.values()) block.isExcused ||= !block.isSafe;
    },
  };
}
