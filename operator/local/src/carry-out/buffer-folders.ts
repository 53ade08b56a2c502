import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanInput, PlannedShard } from '@kubeplant/plan';
import { writeIfChanged } from '../write-atomically.ts';

type Undrained = NonNullable<PlanInput['undrained']>;

/** The folders in which collectors keep what is not committed: one a shard, for as long as there is something in it. */
export interface BufferFolders {
  /** Shards whose folder may hold readings, for the plan. */
  undrained(): Promise<Undrained>;
  /** These shards are carried out now: each gets its folder, and what nobody needs any more is removed. */
  carryOut(shards: readonly PlannedShard[]): Promise<void>;
  /** A collector says what it runs and what it holds; true when its shard is found to be drained. */
  confirm(shard: string, said: { readonly configRevision: string; readonly heldBlocks?: number | undefined }): boolean;
  /** The collectors that run, by `namespace/shard`; true when one that was drained is gone. */
  setRunning(shards: readonly string[]): boolean;
}

/** Folder of a shard's readings. */
export const bufferFolder = (root: string, { namespace, name }: Pick<PlannedShard, 'namespace' | 'name'>): string =>
  join(root, namespace, name);

/** Names the site and the class of a shard, for when it is not planned any more. */
const SHARD_FILE = 'shard.json';
const SEGMENT_ENDING = '.seg';

/** Those below `root`. */
export function createBufferFolders(root: string): BufferFolders {
  /** Shards without a channel → the revision in which they have none. */
  const draining = new Map<string, string>();
  const drained = new Set<string>();
  let running: ReadonlySet<string> | undefined;

  async function remove(shard: string): Promise<void> {
    await rm(join(root, shard), { recursive: true, force: true });
    drained.delete(shard);
  }

  return {
    undrained: async () => {
      const found: Record<string, Undrained[string]> = {};
      for (const shard of await shardsBelow(root)) {
        const place = drained.has(shard) || !(await holdsSegments(join(root, shard))) ? undefined : await readPlace(join(root, shard));
        if (place !== undefined) found[shard] = place;
      }
      return found;
    },
    carryOut: async (shards) => {
      draining.clear();
      for (const shard of shards) {
        const key = `${shard.namespace}/${shard.name}`;
        drained.delete(key);
        if (shard.config.channels.length === 0) draining.set(key, shard.config.revision);
        await prepareFolder(bufferFolder(root, shard), shard);
      }
      const planned = new Set(shards.map(({ namespace, name }) => `${namespace}/${name}`));
      for (const shard of await shardsBelow(root)) {
        if (planned.has(shard) || running === undefined || running.has(shard)) continue;
        if (drained.has(shard) || !(await holdsSegments(join(root, shard)))) await remove(shard);
      }
    },
    confirm: (shard, { configRevision, heldBlocks }) => {
      if (heldBlocks !== 0 || draining.get(shard) !== configRevision || drained.has(shard)) return false;
      drained.add(shard);
      return true;
    },
    setRunning: (shards) => {
      running = new Set(shards);
      return [...drained].some((shard) => !shards.includes(shard));
    },
  };
}

async function prepareFolder(folder: string, { site, collectorClass }: PlannedShard): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeIfChanged(join(folder, SHARD_FILE), JSON.stringify({ site, collectorClass }));
}

async function readPlace(folder: string): Promise<Undrained[string] | undefined> {
  try {
    // Whatever was written: each field is checked.
    const { site, collectorClass } = JSON.parse(await readFile(join(folder, SHARD_FILE), 'utf8')) as Partial<Record<string, unknown>>;
    return typeof site === 'string' && typeof collectorClass === 'string' ? { site, collectorClass } : undefined;
  } catch {
    return undefined;
  }
}

async function holdsSegments(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).some((name) => name.endsWith(SEGMENT_ENDING));
}

async function shardsBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of await foldersOf(root)) {
    for (const shard of await foldersOf(join(root, namespace))) found.push(`${namespace}/${shard}`);
  }
  return found;
}

const foldersOf = async (path: string): Promise<string[]> =>
  (await readdir(path, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map(({ name }) => name);
