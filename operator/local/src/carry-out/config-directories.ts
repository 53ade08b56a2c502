import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeShardFiles, encodeShardFiles } from '@kubeplant/crds/model-files';
import type { Assignment, PlannedShard } from '@kubeplant/plan';
import { writeIfChanged } from '../write-atomically.ts';

/** Size of one part; small enough that a change writes little, large enough that there are few. */
const MAX_PART_BYTES = 512 << 10;

/** Folder of a shard's configuration. */
export const configDirectory = (root: string, { namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  join(root, namespace, name);

/** Bring the folders below `root` to the planned shards: the manifest last, so that a collector never loads a half. */
export async function writeConfigDirectories(root: string, shards: readonly PlannedShard[]): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const shard of shards) await writeShard(configDirectory(root, shard), shard);
  const wanted = new Set(shards.map((shard) => configDirectory(root, shard)));
  for (const directory of await shardDirectories(root)) {
    if (!wanted.has(directory)) await rm(directory, { recursive: true, force: true });
  }
}

async function writeShard(directory: string, shard: PlannedShard): Promise<void> {
  const files = encodeShardFiles(shard.config, { maxPartBytes: MAX_PART_BYTES });
  await mkdir(directory, { recursive: true });
  for (const [name, content] of [...files].sort(([a], [b]) => Number(a === 'manifest.json') - Number(b === 'manifest.json'))) {
    await writeIfChanged(join(directory, name), content);
  }
  for (const name of await readdir(directory)) {
    if (!files.has(name) && /^part-\d+\.json\.gz$/.test(name)) await rm(join(directory, name), { force: true });
  }
}

/** Tells any change of what was written, so that what somebody else has damaged is written again. */
export async function signatureOf(root: string): Promise<string> {
  const files: string[] = [];
  for (const directory of await shardDirectories(root)) {
    for (const name of (await readdir(directory).catch(() => [])).sort()) {
      const stats = await stat(join(directory, name)).catch(() => undefined);
      files.push(`${join(directory, name)}:${stats?.ino}:${stats?.size}:${stats?.ctimeMs}`);
    }
  }
  return files.join();
}

/** Which channels the shards hold, from the configurations written when the plant last ran. */
export async function readAssignment(root: string): Promise<Assignment> {
  const assignment: Record<string, readonly string[]> = {};
  for (const directory of await shardDirectories(root)) {
    const decoded = decodeShardFiles((name) => readIfThere(join(directory, name)));
    if (decoded.kind === 'config') assignment[`${decoded.config.namespace}/${decoded.config.shard}`] = decoded.manifest.channels;
  }
  return assignment;
}

async function shardDirectories(root: string): Promise<string[]> {
  const namespaces = await readdir(root, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const namespace of namespaces.filter((entry) => entry.isDirectory())) {
    const shards = await readdir(join(root, namespace.name), { withFileTypes: true }).catch(() => []);
    found.push(...shards.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, namespace.name, name)));
  }
  return found;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
