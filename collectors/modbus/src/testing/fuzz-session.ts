import { createFakeClock } from '@kubeplant/collector-core/testing';
import { encodeAdu } from '../codec/adu.ts';
import type { Framing } from '../codec/framing.ts';
import { readDataBytes, type ReadFunction } from '../codec/function-code.ts';
import type { ReadRequest } from '../codec/request-pdu.ts';
import { encodeResponse, type Response } from '../codec/response-pdu.ts';
import { ClientSession } from '../session/client-session.ts';
import { createLane, type Outcome } from '../session/exchange.ts';
import { Link } from '../session/link.ts';
import { createRandom, type Random } from './create-random.ts';
import { FuzzServer } from './fuzz-server.ts';
import { ReplyJudge, type SentRead, type Verdict } from './judge-reply.ts';
import { mutateReply } from './mutate-reply.ts';

const TIMEOUT_MS = 1_000;
/** Longer than any pause before the next connection. */
const LONGEST_PAUSE_MS = 60_000;
const MOST_READ: Readonly<Record<ReadFunction, number>> = { 1: 2000, 2: 2000, 3: 125, 4: 125 };

/** What to send: `frames` replies, the same for the same seed. */
export interface FuzzRun {
  readonly framing: Framing;
  readonly seed: number;
  readonly frames: number;
}

/** What came of it. */
export interface FuzzResult {
  /** How often a request ended as each kind. */
  readonly outcomes: Map<Outcome['kind'], number>;
  readonly protocolErrors: Map<string, number>;
  readonly connections: number;
  /** Good replies that were not taken. */
  readonly missed: number;
  /** What must not happen: replies taken for what they are not, bad ones that were not counted. */
  readonly wrong: readonly string[];
}

type Ended = { readonly kind: Exclude<Outcome['kind'], 'data'>; readonly code?: number } | { readonly kind: 'data'; readonly hex: string };

/**
 * Let a session read over a real socket from a server whose replies are mutated, and hold every outcome against a second opinion. Time is
 * not waited for.
 */
export async function fuzzSession(run: FuzzRun): Promise<FuzzResult> {
  const random = createRandom(run.seed);
  const fuzz = await openFuzz(run.framing, random);
  const outcomes = new Map<Outcome['kind'], number>();
  const wrong: string[] = [];
  let missed = 0;
  for (let frame = 0; frame < run.frames; frame++) {
    const errorsBefore = fuzz.errorCount();
    const { ended, verdict } = await fuzz.ask(toRead(random));
    add(outcomes, ended.kind);
    const isGood = verdict.kind === 'data' || verdict.kind === 'exception';
    const isTaken = ended.kind === 'data' || ended.kind === 'exception';
    if (isTaken && JSON.stringify(ended) !== JSON.stringify(verdict))
      wrong.push(`frame ${frame}: ended as ${JSON.stringify(ended)}, is ${JSON.stringify(verdict)}`);
    if (isGood && !isTaken) missed += 1;
    if (verdict.kind === 'bad' && fuzz.errorCount() === errorsBefore) wrong.push(`frame ${frame}: bad and not counted`);
  }
  await fuzz.close();
  return { outcomes, protocolErrors: fuzz.protocolErrors, connections: fuzz.connections(), missed, wrong };
}

async function openFuzz(framing: Framing, random: Random) {
  const clock = createFakeClock();
  const { until, changed } = createGate();
  const protocolErrors = new Map<string, number>();
  const lanes = [createLane(), createLane(), createLane()];
  let errorCount = 0;
  let connections = 0;
  let asked: ReadRequest & { unitId: number } = { function: 3, start: 0, count: 1, unitId: 0 };
  let verdict: Verdict = { kind: 'none' };
  const answer = createAnswer(framing, random);
  const server = await FuzzServer.start(framing, (request, connection) => {
    const read = { ...asked, transactionId: framing === 'Tcp' ? request.readUInt16BE(0) : 0 };
    const replied = answer(read, connection);
    verdict = replied.verdict;
    queueMicrotask(changed);
    return replied.reply;
  });
  const session = new ClientSession(
    { framing, maxInFlight: 1, interRequestDelayMs: 0 },
    {
      write: (bytes) => link.write(bytes),
      protocolError: (_unitId, kind) => {
        errorCount += 1;
        add(protocolErrors, kind);
      },
      renew: () => link.renew(),
    },
  );
  const link: Link = new Link(
    { endpoints: [{ host: '127.0.0.1', port: server.port }], connectTimeoutMs: Number.MAX_SAFE_INTEGER },
    {
      up: () => {
        link.proven();
        session.opened(clock.monotonicMs(), 0);
        changed();
      },
      down: (_failure, renewed) => {
        connections += 1;
        server.lost();
        session.closed(renewed);
        setImmediate(() => clock.advance(LONGEST_PAUSE_MS));
        changed();
      },
      received: (bytes) => {
        const connection = connections;
        session.receive(bytes, clock.monotonicMs());
        if (connection === connections) server.arrived(bytes.length);
        changed();
      },
    },
    clock,
  );
  const ask = async (read: ReadRequest & { unitId: number }): Promise<{ ended: Ended; verdict: Verdict }> => {
    await until(() => link.isUp);
    const { unitId, ...request } = read;
    let ended: Ended | undefined;
    const done = (outcome: Outcome) => {
      ended = toEnded(outcome);
      changed();
    };
    asked = read;
    verdict = { kind: 'none' };
    server.expect();
    session.submit(lanes[unitId] ?? createLane(), { unitId, request, timeoutMs: TIMEOUT_MS, done }, clock.monotonicMs());
    await until(() => ended !== undefined || server.isQuiet);
    if (ended === undefined) {
      clock.advance(TIMEOUT_MS);
      session.tick(clock.monotonicMs());
    }
    await until(() => ended !== undefined && (server.isQuiet || !server.isAsked));
    return { ended: ended ?? { kind: 'closed' }, verdict };
  };
  const close = async () => {
    link.close();
    await server.close();
  };
  return { ask, close, protocolErrors, errorCount: () => errorCount, connections: () => connections };
}

/** Mutates honest replies; the judge of a connection sees all that is sent over it. */
function createAnswer(framing: Framing, random: Random) {
  const judges = new WeakMap<object, ReplyJudge>();
  let previous: Uint8Array = new Uint8Array(1);
  return (read: SentRead, connection: object) => {
    const honest = encodeAdu(framing, read.transactionId, read.unitId, encodeResponse(toResponse(read, random)));
    const reply = mutateReply(framing, { honest, previous }, random);
    previous = honest;
    const judge = judges.get(connection) ?? new ReplyJudge(framing);
    judges.set(connection, judge);
    return { reply, verdict: judge.judge(Buffer.concat(reply.pieces), read) };
  };
}

/** Values, or now and then an exception, of which the standard knows most of those below 12. */
function toResponse(read: SentRead, random: Random): Response {
  if (random.below(8) === 0) return { kind: 'exception', function: read.function, code: random.below(14) };
  return { kind: 'data', function: read.function, data: random.bytes(readDataBytes(read.function, read.count)) };
}

/** Waits for a condition that is looked at whenever something changed. */
function createGate() {
  let waiting: { readonly isMet: () => boolean; readonly resolve: () => void } | undefined;
  const changed = () => {
    if (!waiting?.isMet()) return;
    const { resolve } = waiting;
    waiting = undefined;
    resolve();
  };
  const until = async (isMet: () => boolean): Promise<void> => {
    if (isMet()) return;
    await new Promise<void>((resolve) => {
      waiting = { isMet, resolve };
    });
  };
  return { until, changed };
}

function toRead(random: Random): ReadRequest & { unitId: number } {
  const code = ([1, 2, 3, 4] as const)[random.below(4)] ?? 3;
  return { function: code, start: random.below(60_000), count: 1 + random.below(MOST_READ[code]), unitId: random.below(3) };
}

function toEnded(outcome: Outcome): Ended {
  if (outcome.kind === 'data') return { kind: 'data', hex: Buffer.from(outcome.data).toString('hex') };
  if (outcome.kind === 'exception') return { kind: 'exception', code: outcome.code };
  return { kind: outcome.kind };
}

const add = <Key>(counts: Map<Key, number>, key: Key): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
