import type { Site } from '@kubeplant/crds';
import type { ShardConfig } from '@kubeplant/crds/model';

const UNIT_BYTES: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Part of a volume that readings may take: the rest is for the file that is being written and what was found damaged. */
const VOLUME_PART = 7 / 8;

/** What the collectors of a site keep on disk, with every default filled in. */
export function bufferingOf({ spec }: Site): ShardConfig['buffering'] {
  const { maxAge = '72h', maxSize = '2Gi', syncInterval = '1s' } = spec.buffering ?? {};
  return { maxAge, maxSizeBytes: toBytes(maxSize), syncInterval };
}

/** The same within the volume of a collector. */
export function withinVolume(buffering: ShardConfig['buffering'], volumeSize: string | undefined): ShardConfig['buffering'] {
  if (volumeSize === undefined) return buffering;
  return { ...buffering, maxSizeBytes: Math.min(buffering.maxSizeBytes, Math.floor(toBytes(volumeSize) * VOLUME_PART)) };
}

const toBytes = (size: string): number => Number(size.slice(0, -2)) * (UNIT_BYTES[size.slice(-2)] ?? 1);
