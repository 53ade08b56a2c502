/**
 * Browsers of the case `clients` in a process of their own, so that what the harness does besides does not delay them.
 * Arguments: address of the live connection, token, the tag that is followed, tags of the wide ones. Does what it is told by messages.
 */
import type { WebSocket as PausingSocket } from 'ws';
import { type LiveClient, startLiveClient, startWideClient } from './live-client.ts';

/** What is told. */
export type Order =
  | { readonly kind: 'healthy' | 'wide'; readonly count: number }
  /** The wide ones read nothing any more. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'report' };

/** What is answered to `report`; ages and gaps are those since the last one. */
export interface Report {
  readonly live: number;
  readonly closed: number;
  readonly values: number;
  readonly p99Ms: number;
  /** Values that one client did not get between two that it got, and most others did. */
  readonly gaps: number;
  readonly backwards: number;
}

const [url = '', token = '', tag = '', wideTags = '[]'] = process.argv.slice(2);
const clients: LiveClient[] = [];
const wide: PausingSocket[] = [];
let ages: number[] = [];

function report(): Report {
  const sorted = ages.sort((a, b) => a - b);
  ages = [];
  const sequences = clients.flatMap(({ connections }) => connections.map(({ numbers }) => numbers));
  const all = seenByMost(sequences);
  const place = new Map(all.map((number, index) => [number, index]));
  let gaps = 0;
  let backwards = 0;
  for (const numbers of sequences) {
    for (let index = 1; index < numbers.length; index += 1) {
      const [before, now] = [numbers[index - 1] ?? 0, numbers[index] ?? 0];
      if (now < before) backwards += 1;
      const step = (place.get(now) ?? Number.NaN) - (place.get(before) ?? Number.NaN);
      if (step > 1) gaps += step - 1;
    }
  }
  return {
    live: clients.filter(({ live }) => live).length,
    closed: clients.reduce((sum, client) => sum + client.closed, 0),
    values: sorted.length,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    ...{ gaps, backwards },
  };
}

/** A snapshot may hold a value that was replaced before the next tick: only who connected just then has seen it. */
function seenByMost(sequences: readonly (readonly number[])[]): number[] {
  const counts = new Map<number, number>();
  for (const number of sequences.flat()) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > clients.length / 2)
    .map(([number]) => number)
    .sort((a, b) => a - b);
}

process.on('message', (order: Order) => {
  if (order.kind === 'healthy')
    for (let index = 0; index < order.count; index += 1) clients.push(startLiveClient(url, token, tag, (ageMs) => ages.push(ageMs)));
  if (order.kind === 'wide')
    for (let index = 0; index < order.count; index += 1) wide.push(startWideClient(url, token, JSON.parse(wideTags) as string[]));
  if (order.kind === 'stall') for (const socket of wide.splice(0)) socket.pause();
  if (order.kind === 'reconnect') for (const client of clients) client.reconnect();
  if (order.kind === 'report') process.send?.(report());
});
process.on('disconnect', () => process.exit(0));
