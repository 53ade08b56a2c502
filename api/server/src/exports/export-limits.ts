/** What exports may take. */
export interface ExportLimits {
  /** Of one user, waiting or being written. */
  readonly unfinishedPerUser: number;
  /** Of one user, whatever their state. */
  readonly keptPerUser: number;
  /** Stored for one user, compressed. A file that would pass it fails. */
  readonly bytesPerUser: number;
  /** Stored for all users, compressed. */
  readonly bytesOfAll: number;
  /** A file is deleted this long after it was asked for. */
  readonly keepMs: number;
  /** Written at once. */
  readonly atOnce: number;
  /** Times that an export is begun whose process ended before it was written. */
  readonly attempts: number;
}

const GIB = 1 << 30;

export const EXPORT_LIMITS: ExportLimits = {
  unfinishedPerUser: 4,
  keptPerUser: 20,
  bytesPerUser: 2 * GIB,
  bytesOfAll: 8 * GIB,
  keepMs: 86_400_000,
  atOnce: 2,
  attempts: 3,
};
