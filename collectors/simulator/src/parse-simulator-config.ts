import { gunzipSync } from 'node:zlib';
import { FORMAT_VERSION, type SimulatorConfig } from '@kubeplant/crds/model';
import { parseDuration } from '@kubeplant/words';

/** Outcome of reading a configuration. */
export type ParsedConfig =
  | { readonly kind: 'config'; readonly config: SimulatorConfig }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Parse a simulator's configuration: JSON, plain or gzipped. */
export function parseSimulatorConfig(bytes: Uint8Array): ParsedConfig {
  let value: unknown;
  try {
    const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : Buffer.from(bytes);
    value = JSON.parse(text.toString('utf8'));
  } catch (error) {
    return { kind: 'malformed', reason: `is not JSON: ${error instanceof Error ? error.message : error}` };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'malformed', reason: 'is not an object' };
  // Written by the plan; format version and the fields used before anything else are checked here.
  const config = value as SimulatorConfig;
  if (config.formatVersion !== FORMAT_VERSION) {
    return { kind: 'malformed', reason: `has formatVersion ${config.formatVersion}; this simulator reads ${FORMAT_VERSION}` };
  }
  if (!Array.isArray(config.listeners)) return { kind: 'malformed', reason: 'has no listeners' };
  if (typeof config.interval !== 'string' || !parseDuration(config.interval)) {
    return { kind: 'malformed', reason: `has interval ${config.interval}; use a duration such as 500ms` };
  }
  return { kind: 'config', config };
}
