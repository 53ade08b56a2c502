/**
 * Configuration of a collector as files: `manifest.json` and `part-0.json.gz`, `part-1.json.gz` …, which are one gzipped
 * JSON document, cut so that each fits a ConfigMap. `cat part-*.json.gz | gunzip` shows it (below ten parts).
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FORMAT_VERSION, type ShardConfig } from './model.ts';

/** Name of the manifest. */
export const MANIFEST_FILE = 'manifest.json';
/** A configuration that unpacks to more than this (bytes) is refused. */
const MAX_UNPACKED_BYTES = 512 << 20;
/** Chunks so large are given back to the system when they are freed; thousands of small ones stay with the process. */
const UNPACK_CHUNK_BYTES = 4 << 20;
const MAX_PARTS = 1000;
const SHA256 = /^[0-9a-f]{64}$/;

/** What belongs together. */
export interface ShardManifest {
  readonly formatVersion: number;
  /** Revision of the configuration. */
  readonly revision: string;
  /** Keys of the channels the shard holds: the assignment that the plan reads back. */
  readonly channels: readonly string[];
  readonly parts: readonly { readonly file: string; readonly sha256: string }[];
}

/** Outcome of `decodeShardFiles`. `incomplete`: files of two revisions, or some not there yet; read again soon. */
export type DecodedShardFiles =
  | { readonly kind: 'config'; readonly config: ShardConfig; readonly manifest: ShardManifest }
  | { readonly kind: 'incomplete'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Write a configuration as files: name → content. Equal configurations give equal bytes. `maxPartBytes` bounds each part. */
export function encodeShardFiles(config: ShardConfig, { maxPartBytes }: { readonly maxPartBytes: number }): Map<string, Uint8Array> {
  if (!(maxPartBytes >= 1)) throw new Error(`maxPartBytes is ${maxPartBytes}; it must be at least 1`);
  const packed = gzipSync(JSON.stringify(config), { level: 6 });
  const files = new Map<string, Uint8Array>();
  const parts: { file: string; sha256: string }[] = [];
  for (let start = 0; start < packed.length; start += maxPartBytes) {
    const content = packed.subarray(start, start + maxPartBytes);
    const file = partName(parts.length);
    parts.push({ file, sha256: sha256(content) });
    files.set(file, content);
  }
  const channels = config.channels.map(({ key }) => key);
  const manifest: ShardManifest = { formatVersion: FORMAT_VERSION, revision: config.revision, channels, parts };
  files.set(MANIFEST_FILE, Buffer.from(`${JSON.stringify(manifest)}\n`));
  return files;
}

/** Read a manifest alone; undefined when it is not one of this format version. */
export function parseShardManifest(content: Uint8Array): ShardManifest | undefined {
  const manifest = checkManifest(content);
  return typeof manifest === 'string' ? undefined : manifest;
}

/** Read a configuration through `read` (undefined: no such file). Never throws unless `read` does. */
export function decodeShardFiles(read: (name: string) => Uint8Array | undefined): DecodedShardFiles {
  const content = read(MANIFEST_FILE);
  if (content === undefined) return { kind: 'incomplete', reason: `${MANIFEST_FILE} is not there` };
  const manifest = checkManifest(content);
  if (typeof manifest === 'string') return { kind: 'malformed', reason: `${MANIFEST_FILE}: ${manifest}` };
  const parts: Uint8Array[] = [];
  for (const { file, sha256: expected } of manifest.parts) {
    const part = read(file);
    if (part === undefined) return { kind: 'incomplete', reason: `${file} of revision ${manifest.revision} is not there` };
    if (sha256(part) !== expected) {
      const damage = findDamage(part, parts.length, manifest.parts.length);
      return damage === undefined
        ? { kind: 'incomplete', reason: `${file} does not belong to revision ${manifest.revision}` }
        : { kind: 'malformed', reason: `${file} ${damage}` };
    }
    parts.push(part);
  }
  const config = unpack(Buffer.concat(parts), manifest.revision);
  return typeof config === 'string' ? { kind: 'malformed', reason: config } : { kind: 'config', config, manifest };
}

/** What no revision can hold: a part is whole or not there at all, and a configuration of one part is a whole gzip document. */
function findDamage(part: Uint8Array, index: number, parts: number): string | undefined {
  if (part.length === 0) return 'is empty';
  if (index === 0 && (part[0] !== 0x1f || (part.length > 1 && part[1] !== 0x8b))) return 'is not gzip';
  return parts === 1 && gunzip(part) === undefined ? 'is damaged or cut off' : undefined;
}

function checkManifest(content: Uint8Array): ShardManifest | string {
  const manifest = parseJson(content);
  if (!isRecord(manifest)) return 'is not a JSON object';
  const { formatVersion, revision, channels, parts } = manifest;
  if (formatVersion !== FORMAT_VERSION) return `formatVersion is ${JSON.stringify(formatVersion)}; this program reads ${FORMAT_VERSION}`;
  if (typeof revision !== 'string' || revision === '') return 'revision is missing';
  if (!Array.isArray(channels) || !channels.every((key) => typeof key === 'string')) return 'channels is not a list of keys';
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MAX_PARTS) return `parts must be a list of 1 to ${MAX_PARTS}`;
  const expected = parts.every(
    (part, n) => isRecord(part) && part.file === partName(n) && typeof part.sha256 === 'string' && SHA256.test(part.sha256),
  );
  if (!expected) return 'parts must name part-0.json.gz, part-1.json.gz … with their SHA-256';
  return { formatVersion, revision, channels, parts };
}

function unpack(packed: Uint8Array, revision: string): ShardConfig | string {
  const text = gunzip(packed);
  if (text === undefined) return `the parts are not gzip, or unpack to more than ${MAX_UNPACKED_BYTES} bytes`;
  const config = parseJson(text);
  if (!isRecord(config)) return 'the configuration is not a JSON object';
  if (config.formatVersion !== FORMAT_VERSION)
    return `formatVersion of the configuration is ${JSON.stringify(config.formatVersion)}; this program reads ${FORMAT_VERSION}`;
  if (config.revision !== revision)
    return `the configuration is of revision ${JSON.stringify(config.revision)}, the manifest of ${revision}`;
  const missing = ['tenant', 'namespace', 'site', 'shard', 'collectorClass', 'protocol'].find((key) => typeof config[key] !== 'string');
  if (missing !== undefined) return `the configuration lacks ${missing}`;
  const { channels } = config;
  if (
    !Array.isArray(channels) ||
    !channels.every((channel) => isRecord(channel) && typeof channel.key === 'string' && Array.isArray(channel.devices))
  )
    return 'channels of the configuration is not a list of channels with devices';
  // The hash ties the document to what `encodeShardFiles` was given, a ShardConfig of this format version.
  return config as unknown as ShardConfig;
}

function gunzip(packed: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES, chunkSize: UNPACK_CHUNK_BYTES });
  } catch {
    return undefined;
  }
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString());
  } catch {
    return undefined;
  }
}

const partName = (n: number): string => `part-${n}.json.gz`;
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
