/** What one client may take of this server, and for how long. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** For the headers of a request to arrive. */
  readonly headersMs: number;
  /** For a whole request to arrive. */
  readonly requestMs: number;
  /** How often late requests are looked for. */
  readonly checkMs: number;
  /** A connection on which nothing moves this long is closed. */
  readonly idleMs: number;
  readonly keepAliveMs: number;
  readonly connections: number;
  /** Exports hold a database connection each: so many at once, and of one user. */
  readonly exports: number;
  readonly exportsPerUser: number;
  /** An export whose reader has taken nothing this long gives way to one that waits for a place. */
  readonly giveWayMs: number;
  /** An export whose reader takes nothing this long is ended. */
  readonly stallMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 1 << 20,
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5_000,
  idleMs: 120_000,
  keepAliveMs: 72_000,
  connections: 10_000,
  exports: 4,
  exportsPerUser: 2,
  giveWayMs: 3_000,
  stallMs: 30_000,
};
