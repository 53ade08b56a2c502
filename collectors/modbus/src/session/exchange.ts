import type { ReadRequest } from '../codec/request-pdu.ts';

/** How an exchange ended. `data` points into a buffer that is only valid during the call. */
export type Outcome =
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'timeout' }
  /** The connection went away. */
  | { readonly kind: 'closed' };

/** A request waiting for or on its way to a unit. `done` is called exactly once, except for exchanges dropped by `clear`. */
export interface Exchange {
  readonly unitId: number;
  readonly request: ReadRequest;
  readonly timeoutMs: number;
  readonly done: (outcome: Outcome) => void;
}

/** The exchanges of one device, so that a silent one holds up nobody else. */
export interface Lane {
  readonly queue: Exchange[];
  inFlight: number;
  /** Its last request was not answered: its next ones travel beside those of the others. */
  suspect: boolean;
  /** Connection on which a request of its went unanswered with RtuOverTcp: a late reply could not be told apart on that one any more. */
  staleOn: number;
}

/** A lane with nothing in it. */
export const createLane = (): Lane => ({ queue: [], inFlight: 0, suspect: false, staleOn: 0 });
