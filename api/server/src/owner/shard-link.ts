import type { OwnerMessage, RunProgress } from '@kubeplant/proto';
import type { RunDictionary } from './run-dictionary.ts';
import { type Range, RangeSet } from './range-set.ts';

/** How a stream ends from our side. */
export interface CloseReason {
  readonly code: 'Unavailable' | 'Fenced' | 'Malformed' | 'Unauthenticated';
  readonly message: string;
}

/** The wire of one collector stream. */
export interface StreamPort {
  /** Hash of the token it came with. */
  readonly tokenHash: string;
  send(message: OwnerMessage): void;
  close(reason: CloseReason): void;
}

/** One stream of a shard, as the owner knows it. */
export interface StreamState {
  readonly port: StreamPort;
  readonly epoch: number;
  readonly dictionaries: Map<string, RunDictionary>;
  open: boolean;
  /** Blocks that have arrived on it. */
  blocks: number;
}

/** What of a run is in the database, and what besides is in memory. */
export interface RunProgressState {
  readonly committed: RangeSet;
  readonly accepted: RangeSet;
}

/** A shard: its newest stream and the progress of its runs. */
export interface ShardLink {
  readonly shard: string;
  readonly runs: Map<string, RunProgressState>;
  current: StreamState | undefined;
  configRevision: string;
}

export const createShardLink = (shard: string): ShardLink => ({
  shard,
  runs: new Map(),
  current: undefined,
  configRevision: '',
});

export function progressOfRun(link: ShardLink, run: string): RunProgressState {
  const known = link.runs.get(run);
  if (known !== undefined) return known;
  const made = { committed: new RangeSet(), accepted: new RangeSet() };
  link.runs.set(run, made);
  return made;
}

/** Remember what a commit wrote and tell the collector. */
export function acknowledge(link: ShardLink, run: string, ranges: readonly Range[]): void {
  const progress = progressOfRun(link, run);
  for (const { first, last } of ranges) progress.committed.add(first, last);
  sendCommitted(link.current, [{ run, committed: [...ranges] }]);
}

export function sendCommitted(stream: StreamState | undefined, progress: RunProgress[]): void {
  if (stream?.open) stream.port.send({ message: { $case: 'committed', value: { progress } } });
}
