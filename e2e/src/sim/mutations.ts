import { Block } from '@kubeplant/proto';
import type { BlockBuffer, Outgoing } from '../../../collectors/core/src/block/block-buffer.ts';
import type { SimDatabase } from './sim-database.ts';
import type { Volume } from './sim-disk.ts';
import { SIM_FAULTS, type SimFault } from './sim-faults.ts';
import type { Tap } from './sim-network.ts';

/** A promise broken on purpose, at a port: the histories must find out. */
export interface Mutation {
  readonly name: string;
  readonly description: string;
  readonly needsDisk?: boolean;
  /** Faults that each history has besides its own. */
  readonly faults?: readonly SimFault[];
  readonly tap?: Tap;
  readonly wrapBuffer?: (buffer: BlockBuffer) => BlockBuffer;
  readonly breakVolume?: (volume: Volume) => void;
  readonly breakDatabase?: (database: SimDatabase) => void;
}

const faultsNamed = (...names: readonly string[]): SimFault[] =>
  names.map((name) => {
    const found = SIM_FAULTS.find((fault) => fault.name === name);
    if (found === undefined) throw new Error(`there is no fault "${name}"`);
    return found;
  });

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'no-sync',
    description: 'what a collector writes is not synced to its disk',
    needsDisk: true,
    faults: faultsNamed('the network is down', 'the power of a collector fails'),
    breakVolume: (volume) => {
      volume.ignoresSyncs = true;
    },
  },
  {
    name: 'early-commit',
    description: 'the database answers a commit before it keeps it',
    faults: faultsNamed('the database crashes', 'the database crashes'),
    breakDatabase: ({ rules }) => {
      rules.answerEarlyMs = 200;
    },
  },
  {
    name: 'early-acknowledgement',
    description: 'a block is acknowledged when it arrives',
    faults: faultsNamed('the database crashes', 'kill the api'),
    tap: (message) => {
      if (message.message?.$case !== 'received') return [message];
      const { run, seq } = message.message.value;
      return [message, { message: { $case: 'committed', value: { progress: [{ run, committed: [{ first: seq, last: seq }] }] } } }];
    },
  },
  {
    name: 'no-checksum',
    description: 'what is read from a disk is not checked',
    needsDisk: true,
    faults: [
      ...faultsNamed('the network is down'),
      {
        name: 'a bit of a file flips and its checksum fits',
        begin: (plant) => {
          for (const seat of plant.seats) {
            plant.killCollector(seat);
            seat.volume?.damage(plant.random, true);
            plant.startCollector(seat);
          }
        },
      },
    ],
  },
  {
    name: 'reused-epoch',
    description: 'a new owner of a site gets the epoch of the one before',
    faults: faultsNamed('another api of the same name', 'another api of the same name'),
    breakDatabase: ({ rules }) => {
      rules.reuseEpochs = true;
    },
  },
  {
    name: 're-cut-block',
    description: 'what was sent and not acknowledged is cut into other blocks when it is sent again',
    faults: faultsNamed('streams are cut', 'kill the api'),
    wrapBuffer: recutBacklog,
  },
];

/** Of what waited, two blocks become one with the number of the second. */
function recutBacklog(buffer: BlockBuffer): BlockBuffer {
  return new Proxy(buffer, {
    get: (target, key) => {
      if (key === 'deliver')
        return (options: Parameters<BlockBuffer['deliver']>[0]) => {
          const delivery = target.deliver(options);
          return {
            nextLive: () => delivery.nextLive(),
            close: () => delivery.close(),
            nextBacklog: () => {
              const first = delivery.nextBacklog();
              if (first?.kind !== 'block') return first;
              const second = delivery.nextBacklog();
              return second?.kind === 'block' && second.run === first.run ? joinBlocks(first, second) : first;
            },
          };
        };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

type SentBlock = Extract<Outgoing, { kind: 'block' }>;

function joinBlocks(first: SentBlock, second: SentBlock): Outgoing {
  const [a, b] = [Block.decode(first.bytes), Block.decode(second.bytes)];
  const beforeUs = a.timeDeltaUs.reduce((sum, delta) => sum + delta, 0);
  const [head = 0, ...rest] = b.timeDeltaUs;
  const joined = {
    ...b,
    tag: [...a.tag, ...b.tag],
    value: [...a.value, ...b.value],
    timeDeltaUs: [...a.timeDeltaUs, head - beforeUs, ...rest],
  };
  return { ...second, bytes: Buffer.from(Block.encode(joined).finish()) };
}
