import type { Hello, OwnerMessage, RunProgress } from '@kubeplant/proto';
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
  /** Which collector it is. */
  readonly instance: string;
  /** Highest epoch the collector was given before. */
  readonly epochBefore: number;
  /** It has no field connection until it is told that it is active. */
  readonly waits: boolean;
  standing: 'Active' | 'Standby';
  /** Why it stands by; empty when it is active. */
  reason: string;
  /** What the collector says is wrong with it. */
  problem: string | undefined;
  /** Blocks it says it holds that are not committed: only while it has no channel. */
  heldBlocks: number | undefined;
  epoch: number;
  readonly dictionaries: Map<string, RunDictionary>;
  /** Runs whose commits it wants to hear of. */
  readonly runs: Set<string>;
  open: boolean;
  /** Blocks that have arrived on it. */
  blocks: number;
  /** Blocks of it were shown and not kept while the database was away: it has to send them again. */
  isAskedAgain: boolean;
  /** A message is being taken: what has come since waits on the wire. */
  busy: boolean;
  /** Beats of the owner since it was heard. */
  quietBeats: number;
  /** Beats left until its devices are held to be silent because it says nothing of them; 0: not counted. */
  reportBeats: number;
}

export function createStream(port: StreamPort, hello: Pick<Hello, 'instance' | 'epoch' | 'standby' | 'runs'>): StreamState {
  return {
    port,
    instance: hello.instance,
    epochBefore: hello.epoch,
    waits: hello.standby,
    standing: 'Standby',
    reason: '',
    problem: undefined,
    heldBlocks: undefined,
    epoch: 0,
    dictionaries: new Map(),
    runs: new Set(hello.runs),
    open: true,
    blocks: 0,
    isAskedAgain: false,
    busy: false,
    quietBeats: 0,
    reportBeats: 0,
  };
}

/** What of a run is in the database, and what besides is in memory. */
export interface RunProgressState {
  readonly committed: RangeSet;
  readonly accepted: RangeSet;
  /** When something of it was committed last; -Infinity: nothing was. */
  committedUs: number;
}

/** A time of waiting for the collector that polled before. */
export interface Grace {
  beats: number;
  /** Highest epoch given when it began. */
  readonly began: number;
  /** A waiting collector that was given this epoch or a higher one is the one that was active; Infinity: it is not known which. */
  readonly atLeast: number;
}

/** A shard: its streams, the one that holds it, and the progress of its runs. */
export interface ShardLink {
  readonly shard: string;
  readonly runs: Map<string, RunProgressState>;
  readonly streams: Set<StreamState>;
  holder: StreamState | undefined;
  /** Of the collector that was active last; 0: not known. */
  lastEpoch: number;
  /** Set while the collector that held the shard before may come back before another is given it. */
  grace: Grace | undefined;
  configRevision: string;
}

export const createShardLink = (shard: string): ShardLink => ({
  shard,
  runs: new Map(),
  streams: new Set(),
  holder: undefined,
  lastEpoch: 0,
  grace: undefined,
  configRevision: '',
});

export function progressOfRun(link: ShardLink, run: string): RunProgressState {
  const known = link.runs.get(run);
  if (known !== undefined) return known;
  const made = { committed: new RangeSet(), accepted: new RangeSet(), committedUs: Number.NEGATIVE_INFINITY };
  link.runs.set(run, made);
  return made;
}

/** Remember what a commit wrote and tell whoever holds the run. */
export function acknowledge(
  link: ShardLink,
  { run, ranges }: { readonly run: string; readonly ranges: readonly Range[] },
  nowUs: number,
): void {
  const progress = progressOfRun(link, run);
  progress.committedUs = nowUs;
  for (const { first, last } of ranges) progress.committed.add(first, last);
  for (const stream of link.streams) if (stream.runs.has(run)) sendCommitted(stream, [{ run, committed: [...ranges] }]);
}

export function sendCommitted(stream: StreamState, progress: RunProgress[]): void {
  if (stream.open) stream.port.send({ message: { $case: 'committed', value: { progress } } });
}
