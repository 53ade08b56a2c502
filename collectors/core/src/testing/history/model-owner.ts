import { Block, type CollectorMessage, type OwnerMessage, type Run, Standing } from '@kubeplant/proto';
import { createRangeSet, type RangeSet } from '../../log/range-set.ts';
import type { ModelBlock, ModelDatabase, ModelRow } from './model-database.ts';

/** One stream: what is on its way in each direction, and what the owner knows of it. */
export interface ModelStream {
  readonly up: CollectorMessage[];
  readonly down: OwnerMessage[];
  open: boolean;
}

/** An owner of the site: it takes blocks of many streams, commits them together and acknowledges. */
export interface ModelOwner {
  /** Take the next message of a stream, if there is one. */
  take(stream: ModelStream): void;
  /** Commit what has come; false: another owner has the site, nothing of it counts. */
  commit(): boolean;
  /** What it found wrong with a collector. */
  readonly problems: readonly string[];
}

interface StreamState {
  readonly runs: Set<string>;
  readonly tags: Map<string, string>;
  blocks: number;
}

const WINDOW = 6;

/** `activeOf` says whether the collector of a stream may poll, and with which epoch. */
export function createModelOwner(
  database: ModelDatabase,
  activeOf: (stream: ModelStream) => { readonly epoch: number; readonly active: boolean },
): ModelOwner {
  const epoch = database.take();
  const states = new Map<ModelStream, StreamState>();
  const committed = new Map<string, RangeSet>();
  const problems: string[] = [];
  let pending: ModelBlock[] = [];

  /** As it was when this owner began, and what it has committed since. */
  function committedOf(run: string): RangeSet {
    const known = committed.get(run) ?? createRangeSet(database.committedOf(run).ranges());
    committed.set(run, known);
    return known;
  }

  function stateOf(stream: ModelStream): StreamState {
    const known = states.get(stream) ?? { runs: new Set(), tags: new Map(), blocks: 0 };
    states.set(stream, known);
    return known;
  }

  const send = (stream: ModelStream, message: NonNullable<OwnerMessage['message']>): void =>
    void (stream.open && stream.down.push({ message }));

  function welcome(stream: ModelStream, runs: readonly string[]): void {
    const progress = runs.map((run) => ({ run, committed: [...committedOf(run).ranges()] }));
    const { active, epoch } = activeOf(stream);
    const standing = active ? Standing.STANDING_ACTIVE : Standing.STANDING_STANDBY;
    send(stream, { $case: 'welcome', value: { epoch, progress, window: WINDOW, standing, reason: '' } });
  }

  function learn(state: StreamState, { run, tags }: Run): void {
    for (const { id, tag } of tags) state.tags.set(`${run} ${id}`, tag);
  }

  function takeBlock(stream: ModelStream, state: StreamState, bytes: Buffer): void {
    const block = Block.decode(bytes);
    const { run, seq, lost } = block;
    state.blocks++;
    state.runs.add(run);
    if (committedOf(run).has(seq))
      send(stream, { $case: 'committed', value: { progress: [{ run, committed: [{ first: seq, last: seq }] }] } });
    else if (!pending.some((each) => each.run === run && each.seq === seq)) pending.push({ run, seq, lost, rows: toRows(state, block) });
    send(stream, { $case: 'received', value: { run, seq, blocks: state.blocks } });
  }

  function toRows(state: StreamState, { run, seq, tag, timeDeltaUs, value }: Block): ModelRow[] {
    let timeUs = 0;
    return value.map((each, row) => {
      timeUs += timeDeltaUs[row] ?? 0;
      const name = state.tags.get(`${run} ${tag[row]}`);
      if (name === undefined) problems.push(`block ${run}:${seq} came before its dictionary`);
      return { tag: name ?? '', timeUs, value: each };
    });
  }

  return {
    take: (stream) => {
      const message = stream.up.shift()?.message;
      if (message === undefined) return;
      const state = stateOf(stream);
      if (message.$case === 'hello') {
        for (const run of message.value.runs) state.runs.add(run);
        welcome(stream, message.value.runs);
      } else if (message.$case === 'run') learn(state, message.value);
      else if (message.$case === 'block') takeBlock(stream, state, message.value);
    },
    commit: () => {
      const blocks = pending;
      pending = [];
      if (!database.commit(epoch, blocks)) return false;
      for (const { run, seq } of blocks) {
        committedOf(run).add(seq, seq);
        for (const [stream, { runs }] of states)
          if (runs.has(run)) send(stream, { $case: 'committed', value: { progress: [{ run, committed: [{ first: seq, last: seq }] }] } });
      }
      return true;
    },
    problems,
  };
}
