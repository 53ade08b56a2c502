import type { Block, Health, Run } from '@kubeplant/proto';
import { setTimeout as sleep } from 'node:timers/promises';
import { lossEvents } from './loss-events.ts';
import { prepareBlock } from './prepare-block.ts';
import { readBlock } from './read-block.ts';
import {
  type BlockEntries,
  createRunDictionary,
  extendDictionary,
  lookUpEntries,
  type RunDictionary,
  type RunTagEntry,
} from './run-dictionary.ts';
import type { Session } from './session.ts';
import { progressOfRun, sendCommitted, type ShardLink, type StreamState } from './shard-link.ts';
import { takeHealth } from './take-health.ts';
import { takeObserved } from './take-observed.ts';

/** How long readings of a tag that no model has wait for one. */
const HOLD_MS = 60_000;

/** A collector's stream; its messages are given one after the other, each awaited. */
export interface CollectorStream {
  run(run: Run): Promise<void>;
  block(bytes: Uint8Array): Promise<void>;
  health(health: Health): void;
  beat(): void;
  closed(): void;
}

export function createCollectorStream(session: Session, link: ShardLink, stream: StreamState): CollectorStream {
  /** Heard now, and busy until it is taken: what waits on the wire meanwhile is no silence. */
  const taking = async (take: () => Promise<void>): Promise<void> => {
    stream.busy = true;
    try {
      await take();
    } finally {
      stream.busy = false;
      stream.quietBeats = 0;
    }
  };
  return {
    run: (run) => taking(() => takeRun(session, link, stream, run)),
    block: (bytes) => taking(() => takeBlock(session, link, stream, bytes)),
    health: (health) => {
      stream.quietBeats = 0;
      if (stream.open) takeHealth(session, link, stream, health);
    },
    beat: () => {
      stream.quietBeats = 0;
    },
    closed: () => session.streamClosed(link, stream),
  };
}

async function takeRun(session: Session, link: ShardLink, stream: StreamState, run: Run): Promise<void> {
  const dictionary = stream.dictionaries.get(run.run) ?? createRunDictionary();
  stream.dictionaries.set(run.run, dictionary);
  stream.runs.add(run.run);
  const reason = extendDictionary(dictionary, run);
  if (reason !== undefined) {
    session.deps.log.warn({ shard: link.shard, run: run.run, reason }, 'a run contradicts itself; its stream is closed');
    session.closeStream(link, stream, { code: 'Malformed', message: `run ${run.run}: ${reason}` });
    return;
  }
  await ensureKnown(
    session,
    link,
    run.tags.flatMap(({ id }) => dictionary.tags.get(id) ?? []),
  );
}

async function takeBlock(session: Session, link: ShardLink, stream: StreamState, bytes: Uint8Array): Promise<void> {
  await session.accumulator.room();
  if (!stream.open || session.ended()) return;
  const read = readBlock(bytes);
  if (read.kind === 'malformed') return quarantineBlock(session, link, stream, bytes, read);
  const { block } = read;
  if (isKnown(link, stream, block)) return;
  const dictionary = stream.dictionaries.get(block.run);
  if (dictionary === undefined)
    return quarantineBlock(session, link, stream, bytes, {
      reason: `no Run of ${block.run} came before its block`,
      run: block.run,
      seq: block.seq,
    });
  const entries = lookUpEntries(dictionary, block);
  if (typeof entries === 'string')
    return quarantineBlock(session, link, stream, bytes, { reason: entries, run: block.run, seq: block.seq });
  await hold(session, link, stream, entries);
  if (!stream.open || session.ended()) return;
  accept(session, link, stream, { block, entries, dictionary, bytes: bytes.length });
}

interface Accepted {
  readonly block: Block;
  readonly entries: BlockEntries;
  readonly dictionary: RunDictionary;
  readonly bytes: number;
}

function accept(session: Session, link: ShardLink, stream: StreamState, { block, entries, dictionary, bytes }: Accepted): void {
  const { accumulator, engine, deps } = session;
  const arrivalUs = deps.nowUs();
  const isKept = accumulator.keeps();
  const prepared = prepareBlock({ engine, entries, dirty: accumulator.dirty, shard: link.shard, arrivalUs }, block, bytes);
  takeObserved(session, { link, dictionary, block, arrivalUs, isKept });
  if (isKept) {
    accumulator.block(prepared);
    accumulator.events.add(lossEvents(link.shard, block, arrivalUs));
    progressOfRun(link, block.run).accepted.add(block.seq);
  } else stream.isAskedAgain = true;
  sendReceived(stream, block.run, block.seq);
  session.changed();
}

/** True when the block is in the database or on its way there: it is acknowledged and dropped. */
function isKnown(link: ShardLink, stream: StreamState, { run, seq }: Block): boolean {
  const { committed, accepted } = progressOfRun(link, run);
  if (!committed.has(seq) && !accepted.has(seq)) return false;
  sendReceived(stream, run, seq);
  if (committed.has(seq)) sendCommitted(stream, [{ run, committed: [{ first: seq, last: seq }] }]);
  return true;
}

/** Kept as it came, and acknowledged where its number could be read: it would come again for ever. */
function quarantineBlock(
  session: Session,
  link: ShardLink,
  stream: StreamState,
  bytes: Uint8Array,
  why: { readonly reason: string; readonly run?: string; readonly seq?: number },
): void {
  const { run = '', seq = 0 } = why;
  session.deps.log.warn({ shard: link.shard, run, seq, reason: why.reason }, 'a block could not be read and is in quarantine');
  const known = seq > 0 ? progressOfRun(link, run) : undefined;
  sendReceived(stream, run, seq);
  if (known?.committed.has(seq)) sendCommitted(stream, [{ run, committed: [{ first: seq, last: seq }] }]);
  if (known?.committed.has(seq) || known?.accepted.has(seq)) return;
  if (!session.accumulator.keeps()) {
    stream.isAskedAgain = true;
    return;
  }
  session.accumulator.malformed({ shard: link.shard, run, seq, rows: 0, reason: 'Malformed', detail: why.reason, body: bytes });
  if (known !== undefined) {
    known.accepted.add(seq);
    stream.runs.add(run);
  }
  session.changed();
}

function sendReceived(stream: StreamState, run: string, seq: number): void {
  stream.port.send({ message: { $case: 'received', value: { run, seq, blocks: ++stream.blocks } } });
}

/** Wait until every tag of the block is known, at most a minute for each; order within the stream is kept by waiting. */
async function hold(session: Session, link: ShardLink, stream: StreamState, entries: BlockEntries): Promise<void> {
  const generation = session.catalogue.generation();
  const isOpen = (entry: RunTagEntry): boolean => entry.series === undefined || entry.generation !== generation;
  if (!entries.numbers.some(isOpen) && !entries.texts.some(isOpen)) return;
  const open = new Set([...entries.numbers, ...entries.texts].filter(isOpen));
  for (;;) {
    const unknown = await ensureKnown(session, link, [...open]);
    const nowMs = session.deps.nowUs() / 1000;
    const waitMs = Math.max(0, ...unknown.map((entry) => HOLD_MS - (nowMs - (entry.unknownSinceMs ?? nowMs))));
    if (unknown.length === 0 || waitMs <= 0 || !stream.open || session.ended()) return;
    const timer = new AbortController();
    await Promise.race([session.catalogueChanged(), sleep(waitMs, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }
}

/** Resolve entries, making series that are missing; returns those that no model has. */
async function ensureKnown(session: Session, link: ShardLink, entries: readonly RunTagEntry[]): Promise<RunTagEntry[]> {
  const { catalogue, deps } = session;
  const missing = entries.filter((entry) => catalogue.resolve(entry, link.shard) === 'missing');
  if (missing.length > 0) await session.makeSeries(missing);
  const nowMs = deps.nowUs() / 1000;
  return entries.filter((entry) => {
    const unknown = catalogue.resolve(entry, link.shard) === 'unknown';
    entry.unknownSinceMs = unknown ? (entry.unknownSinceMs ?? nowMs) : undefined;
    return unknown;
  });
}
