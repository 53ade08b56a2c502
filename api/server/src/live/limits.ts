/** What one client may take of the live channel. */
export interface LiveLimits {
  readonly messageBytes: number;
  /** Clients at once, and of one user. */
  readonly connections: number;
  readonly connectionsPerUser: number;
  /** Connections that have not said who they are; the oldest gives way. */
  readonly strangers: number;
  /** Messages of one client that may wait for their answers; no more are read until they have them. */
  readonly waitingMessages: number;
  readonly helloMs: number;
  /** A client that has not answered one ping when the next is due is gone. */
  readonly pingMs: number;
  /** A closing handshake that takes longer is not waited for. */
  readonly closeMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  messageBytes: 1 << 20,
  connections: 2000,
  connectionsPerUser: 1000,
  strangers: 128,
  waitingMessages: 16,
  helloMs: 5_000,
  pingMs: 10_000,
  closeMs: 2_000,
};
