import { statfsSync, statSync } from 'node:fs';

const LOOK_MS = 10_000;
const MIB = 1 << 20;
const LOW_BYTES = 256 * MIB;
const FULL_BYTES = 16 * MIB;

/** A file system, by the id that all its files have. */
interface Disk {
  readonly id: number;
  readonly freeBytes: number;
}

type Level = 'Enough' | 'Low' | 'Full';

/** Says when a disk the plant writes to runs full, is full, and has room again. */
export function watchDisks(
  deps: { readonly notice: (message: string) => void; readonly measure?: (path: string) => Disk | undefined },
  paths: () => readonly string[],
  lookMs = LOOK_MS,
): () => void {
  const { notice, measure = measureDisk } = deps;
  const levels = new Map<number, Level>();
  const look = (): void => {
    for (const path of paths()) {
      const disk = measure(path);
      if (disk === undefined) continue;
      const before = levels.get(disk.id) ?? 'Enough';
      const level = levelOf(disk.freeBytes, before);
      if (level === before) continue;
      levels.set(disk.id, level);
      notice(messageOf(path, level, disk.freeBytes));
    }
  };
  look();
  const timer = setInterval(look, lookMs).unref();
  return () => clearInterval(timer);
}

/** A disk that was low has enough again with half as much more, so that it is not told back and forth. */
function levelOf(free: number, before: Level): Level {
  if (free < FULL_BYTES) return 'Full';
  return free < (before === 'Enough' ? LOW_BYTES : LOW_BYTES * 1.5) ? 'Low' : 'Enough';
}

function messageOf(path: string, level: Level, free: number): string {
  const left = `${Math.floor(free / MIB)} MiB left`;
  if (level === 'Full')
    return `the disk of ${path} is full (${left}): what the plant writes there waits, collectors hold what they measure; free some space`;
  if (level === 'Low') return `the disk of ${path} has only ${left}: free some space before it is full`;
  return `the disk of ${path} has room again (${left})`;
}

function measureDisk(path: string): Disk | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return { id: statSync(path).dev, freeBytes: bavail * bsize };
  } catch {
    return undefined; // Not there yet.
  }
}
