import { encodeReadAdu } from '../codec/adu.ts';
import { type AduFrame, AduStream } from '../codec/adu-stream.ts';
import type { Framing } from '../codec/framing.ts';
import { decodeResponse } from '../codec/response-pdu.ts';
import type { Exchange, Lane, Outcome } from './exchange.ts';
import { LateReplies } from './late-replies.ts';
import { takeReady } from './take-ready.ts';

/** What a session may do at once. */
export interface SessionOptions {
  readonly framing: Framing;
  readonly maxInFlight: number;
  readonly interRequestDelayMs: number;
}

/** Where a session puts its bytes and what it has to say. Called synchronously. */
export interface SessionOutput {
  write(bytes: Uint8Array): void;
  protocolError(unitId: number | undefined, kind: string): void;
  /** The stream cannot be trusted any more: close it and connect again. */
  renew(reason: string): void;
}

interface Pending {
  readonly exchange: Exchange;
  readonly lane: Lane;
  readonly sentMs: number;
  readonly deadlineMs: number;
  readonly holdsSlot: boolean;
}

/** Unsolicited frames in a row after which the peer is flooding. */
const FLOOD_FRAMES = 200;

/**
 * Client side of one Modbus connection, without a socket: bytes and time in; bytes, outcomes and the next deadline out. Requests
 * are matched by transaction id and unit (Tcp), by unit and order (RtuOverTcp, one at a time); whatever matches no request is
 * counted and thrown away.
 */
export class ClientSession {
  #options: SessionOptions;
  readonly #output: SessionOutput;
  readonly #stream: AduStream;
  readonly #pending = new Map<number, Pending>();
  readonly #ready: Lane[] = [];
  readonly #late = new LateReplies();
  #open = false;
  #notBeforeMs = 0;
  #slotsHeld = 0;
  #nextId = 0;
  #connection = 0;
  #unsolicited = 0;
  #slowestReplyMs = 0;
  #nowMs = 0;
  /** Exchanges are being ended: what is submitted meanwhile is sent once all are, in one go. */
  #ending = false;

  constructor(options: SessionOptions, output: SessionOutput) {
    this.#options = options;
    this.#output = output;
    this.#stream = new AduStream(options.framing, 'response', {
      frame: (frame, bytes) => this.#frame(frame, bytes),
      malformed: (reason) => this.#malformed(reason),
    });
  }

  /** Slowest reply seen lately, for judging how long a silent unit may hold a shared line. */
  get slowestReplyMs(): number {
    return this.#slowestReplyMs;
  }

  setOptions(options: SessionOptions, nowMs: number): void {
    this.#options = options;
    this.tick(nowMs);
  }

  /** The connection is there; requests begin after `delayMs`. */
  opened(nowMs: number, delayMs: number): void {
    this.#stream.reset();
    this.#late.clear();
    this.#unsolicited = 0;
    this.#open = true;
    this.#connection += 1;
    this.#notBeforeMs = nowMs + delayMs;
    this.tick(nowMs);
  }

  /** The connection is gone: what was on its way ends as `closed`; what waits stays for the next connection if `keepWaiting`. */
  closed(keepWaiting: boolean): void {
    this.#open = false;
    const ended = [...this.#pending.values()];
    this.#pending.clear();
    this.#slotsHeld = 0;
    for (const { lane } of ended) lane.inFlight = 0;
    const waiting = keepWaiting ? [] : this.#ready.splice(0).flatMap((lane) => lane.queue.splice(0));
    for (const { exchange } of ended) exchange.done({ kind: 'closed' });
    for (const exchange of waiting) exchange.done({ kind: 'closed' });
  }

  submit(lane: Lane, exchange: Exchange, nowMs: number): void {
    if (lane.queue.push(exchange) === 1) this.#ready.push(lane);
    if (!this.#ending) this.#dispatch(nowMs);
  }

  /** Forget what waits in a lane without calling `done`. What is on its way still ends. */
  clear(lane: Lane): void {
    lane.queue.length = 0;
    const at = this.#ready.indexOf(lane);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  receive(chunk: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#ending = true;
    if (this.#open) this.#stream.receive(chunk);
    this.#ending = false;
    this.#dispatch(nowMs);
  }

  /** Time has passed: end what is overdue, send what may go now. */
  tick(nowMs: number): void {
    this.#ending = true;
    for (const [id, pending] of this.#pending) {
      if (pending.deadlineMs > nowMs) continue;
      this.#late.add(id);
      if (this.#options.framing === 'RtuOverTcp') pending.lane.staleOn = this.#connection;
      this.#end(id, pending, { kind: 'timeout' }, nowMs);
    }
    this.#ending = false;
    this.#dispatch(nowMs);
  }

  /** When `tick` must be called at the latest. */
  nextDeadlineMs(): number | undefined {
    let next = this.#open && this.#ready.length > 0 && this.#notBeforeMs > this.#nowMs ? this.#notBeforeMs : Number.POSITIVE_INFINITY;
    for (const pending of this.#pending.values()) if (pending.deadlineMs < next) next = pending.deadlineMs;
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #dispatch(nowMs: number): void {
    this.#nowMs = nowMs;
    while (this.#open && this.#ready.length > 0 && nowMs >= this.#notBeforeMs) {
      const { framing, maxInFlight } = this.#options;
      const lane = takeReady(this.#ready, {
        framing,
        slotsHeld: this.#slotsHeld,
        beside: this.#pending.size - this.#slotsHeld,
        maxInFlight,
      });
      if (lane === undefined) return;
      if (lane.staleOn === this.#connection) {
        this.#ready.unshift(lane);
        this.#output.renew('LateReplyPossible');
        return;
      }
      this.#send(lane, nowMs);
    }
  }

  #send(lane: Lane, nowMs: number): void {
    const exchange = lane.queue.shift();
    if (exchange === undefined) return;
    if (lane.queue.length > 0) this.#ready.push(lane);
    const id = this.#takeId();
    const holdsSlot = !lane.suspect || this.#options.framing === 'RtuOverTcp';
    this.#pending.set(id, { exchange, lane, sentMs: nowMs, deadlineMs: nowMs + exchange.timeoutMs, holdsSlot });
    lane.inFlight += 1;
    if (holdsSlot) this.#slotsHeld += 1;
    if (this.#options.interRequestDelayMs > 0) this.#notBeforeMs = nowMs + this.#options.interRequestDelayMs;
    this.#output.write(encodeReadAdu(this.#options.framing, id, exchange.unitId, exchange.request));
  }

  /** The next free transaction id; one that timed out is not used again before all others. RTU has none: 0. */
  #takeId(): number {
    if (this.#options.framing === 'RtuOverTcp') return 0;
    do this.#nextId = (this.#nextId + 1) & 0xffff;
    while (this.#pending.has(this.#nextId));
    return this.#nextId;
  }

  #end(id: number, pending: Pending, outcome: Outcome, nowMs: number): void {
    if (this.#pending.get(id) !== pending) return;
    this.#pending.delete(id);
    pending.lane.inFlight -= 1;
    if (pending.holdsSlot) this.#slotsHeld -= 1;
    if (this.#options.interRequestDelayMs > 0) this.#notBeforeMs = nowMs + this.#options.interRequestDelayMs;
    pending.exchange.done(outcome);
  }

  #frame(frame: AduFrame, bytes: Uint8Array): boolean {
    const pending = this.#pending.get(frame.transactionId);
    const foreign = pending !== undefined && pending.exchange.unitId !== frame.unitId;
    if (pending === undefined || (foreign && this.#options.framing === 'RtuOverTcp')) return this.#unexpected(frame, foreign);
    this.#unsolicited = 0;
    if (foreign) {
      this.#output.protocolError(pending.exchange.unitId, 'WrongUnit');
      this.#end(frame.transactionId, pending, { kind: 'malformed', reason: 'WrongUnit' }, this.#nowMs);
      return this.#open;
    }
    const response = decodeResponse(pending.exchange.request, bytes, frame.pduStart, frame.pduEnd);
    if (response.kind === 'malformed' || response.kind === 'written') {
      const reason = response.kind === 'malformed' ? response.reason : 'WrongFunction';
      this.#output.protocolError(frame.unitId, reason);
      this.#end(frame.transactionId, pending, { kind: 'malformed', reason }, this.#nowMs);
      if (this.#options.framing === 'RtuOverTcp' && this.#open) this.#output.renew(reason);
      return this.#open;
    }
    this.#slowestReplyMs = Math.max(this.#nowMs - pending.sentMs, this.#slowestReplyMs * 0.99);
    this.#end(frame.transactionId, pending, response, this.#nowMs);
    return this.#open;
  }

  #unexpected(frame: AduFrame, foreign: boolean): boolean {
    const kind = foreign ? 'WrongUnit' : this.#late.take(frame.transactionId) ? 'LateReply' : 'UnexpectedReply';
    this.#output.protocolError(frame.unitId, kind);
    this.#unsolicited += 1;
    if (this.#unsolicited > FLOOD_FRAMES) this.#malformed('Flood');
    return this.#open;
  }

  #malformed(reason: string): void {
    this.#output.protocolError(undefined, reason);
    for (const [id, pending] of [...this.#pending]) this.#end(id, pending, { kind: 'malformed', reason }, this.#nowMs);
    if (this.#open) this.#output.renew(reason);
  }
}
