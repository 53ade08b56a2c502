export { ClientSession, type SessionOptions, type SessionOutput } from './client-session.ts';
export { createLane, type Exchange, type Lane, type Outcome } from './exchange.ts';
export { Link, type LinkEvents, type LinkOptions } from './link.ts';
