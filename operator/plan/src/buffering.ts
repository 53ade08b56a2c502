import type { Site } from '@kubeplant/crds';
import type { ShardConfig } from '@kubeplant/crds/model';

const UNIT_BYTES: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** What the collectors of a site keep on disk, with every default filled in. */
export function bufferingOf({ spec }: Site): ShardConfig['buffering'] {
  const { maxAge = '72h', maxSize = '2Gi', syncInterval = '1s' } = spec.buffering ?? {};
  return { maxAge, maxSizeBytes: Number(maxSize.slice(0, -2)) * (UNIT_BYTES[maxSize.slice(-2)] ?? 1), syncInterval };
}
