import { Block } from '@kubeplant/proto';
import type { FileSystem, LogFile } from '../../../collectors/core/src/log/file-system.ts';
import { createSimDisk, type SimDisk } from '../../../collectors/core/src/testing/create-sim-disk.ts';
import { crc32c } from '../../../collectors/core/src/log/crc32c.ts';
import { decodeRecordHeader, encodeRecordHeader, findMarker, RECORD_HEADER_BYTES } from '../../../collectors/core/src/log/record.ts';
import type { SimProcess, VirtualTime } from './virtual-time.ts';

/** The volume of a collector: outlives its processes. */
export interface Volume {
  readonly disk: SimDisk;
  latencyMs: () => number;
  /** Mutation: a sync that does nothing. */
  ignoresSyncs: boolean;
  /** The volume as a process sees it while it lives. */
  mountFor(process: SimProcess): FileSystem;
  /** Flip a bit of a file. `hidden`: its checksums are made to fit, as if nobody looked at them. */
  damage(random: () => number, hidden: boolean): void;
}

export function createVolume(time: VirtualTime, random: () => number): Volume {
  const disk = createSimDisk(random);
  const volume: Volume = {
    disk,
    latencyMs: () => 0.1 + random() * 0.3,
    ignoresSyncs: false,
    mountFor: (process) => mount(time, volume, process),
    damage: (pick, hidden) => {
      const paths = disk.paths.filter((path) => disk.contentOf(path).length > RECORD_HEADER_BYTES * 3);
      const path = paths[Math.floor(pick() * paths.length)];
      if (path === undefined) return;
      if (hidden) damageHidden(disk.contentOf(path), pick);
      else disk.flip(path, Math.floor(pick() * disk.contentOf(path).length));
    },
  };
  return volume;
}

/** What a process asks of its disk happens only while it lives, and takes its time. */
function mount(time: VirtualTime, volume: Volume, process: SimProcess): FileSystem {
  const inner = volume.disk.mount();
  const slowly =
    <Args extends unknown[], T>(operation: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      new Promise((resolve, reject) => {
        time.after(volume.latencyMs(), () => {
          if (!process.alive) return;
          operation(...args).then(
            (value) => process.deliver(() => resolve(value)),
            (error: unknown) => process.deliver(() => reject(error)),
          );
        });
      });
  const wrap = (file: LogFile): LogFile => ({
    append: slowly(file.append),
    sync: slowly(() => (volume.ignoresSyncs ? Promise.resolve() : file.sync())),
    close: slowly(file.close),
  });
  const create = slowly(inner.create);
  return {
    makeFolder: slowly(inner.makeFolder),
    list: slowly(inner.list),
    sizeOf: slowly(inner.sizeOf),
    create: async (path) => wrap(await create(path)),
    read: slowly(inner.read),
    replace: slowly(inner.replace),
    rename: slowly(inner.rename),
    truncate: slowly(inner.truncate),
    remove: slowly(inner.remove),
  };
}

/** Values of the first tag in all blocks on a volume, or in those that are synced. */
export function valuesOn({ disk }: Volume, synced: boolean): Set<number> {
  const values = new Set<number>();
  for (const path of disk.paths) {
    const bytes = synced ? disk.syncedOf(path) : disk.contentOf(path);
    for (const { at, length, sum } of blocksIn(bytes)) {
      const payload = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
      if (crc32c(payload) !== sum) continue; // torn or damaged
      for (const value of firstValues(payload)) values.add(value);
    }
  }
  return values;
}

function firstValues(payload: Buffer): readonly number[] {
  try {
    const { tag, value } = Block.decode(payload);
    return value.filter((_, row) => tag[row] === 1);
  } catch {
    return []; // damaged in a way that its sum does not show: a mutation
  }
}

function blocksIn(bytes: Buffer): { readonly at: number; readonly length: number; readonly sum: number }[] {
  const blocks: { at: number; length: number; sum: number }[] = [];
  for (let at = findMarker(bytes, 0); at !== undefined; at = findMarker(bytes, at + 1)) {
    const header = decodeRecordHeader(bytes, at);
    if (header?.kind === 'block') blocks.push({ at, length: header.length, sum: header.sum });
  }
  return blocks;
}

/** Change a byte of what a record carries, and the sums of the record with it. */
function damageHidden(bytes: Buffer, pick: () => number): void {
  const blocks = blocksIn(bytes);
  const at = blocks[Math.floor(pick() * blocks.length)]?.at;
  const header = at === undefined ? undefined : decodeRecordHeader(bytes, at);
  if (at === undefined || header === undefined) return;
  const payload = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + header.length);
  const byte = Math.floor(payload.length * (0.3 + 0.6 * pick()));
  payload[byte] = (payload[byte] ?? 0) ^ 0x10;
  encodeRecordHeader(header, payload).copy(bytes, at);
}
