import type { Framing } from '../codec/framing.ts';
import type { ReadRequest } from '../codec/request-pdu.ts';

/** What a reply must end as. `none`: nothing in it answers the request. `bad`: something in it must be counted as an error. */
export type Verdict =
  | { readonly kind: 'data'; readonly hex: string }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'bad' }
  | { readonly kind: 'none' };

/** A read as it came over the wire. */
export interface SentRead extends ReadRequest {
  readonly transactionId: number;
  readonly unitId: number;
}

interface Frame {
  readonly transactionId: number;
  readonly unitId: number;
  readonly pdu: Buffer;
  readonly rest: Buffer;
}

const KNOWN_EXCEPTIONS = [1, 2, 3, 4, 5, 6, 8, 10, 11];

/**
 * What the standard says a reply is, read a second time and in the plainest way, so that the codec is not its own judge.
 * Keeps what is left of a frame, as the stream of one connection does.
 */
export class ReplyJudge {
  readonly #framing: Framing;
  #held: Buffer = Buffer.alloc(0);
  #lost = false;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  judge(bytes: Uint8Array, request: SentRead): Verdict {
    this.#held = Buffer.concat([this.#held, bytes]);
    let decided: Verdict | undefined;
    let others = 0;
    while (!this.#lost) {
      const frame = this.#framing === 'Tcp' ? takeTcp(this.#held) : takeRtu(this.#held);
      if (frame === 'incomplete') break;
      if (frame === 'broken') {
        this.#lost = true;
        decided ??= { kind: 'bad' };
        break;
      }
      this.#held = frame.rest;
      const answers = this.#framing === 'Tcp' ? frame.transactionId === request.transactionId : frame.unitId === request.unitId;
      if (!answers || decided !== undefined) others += 1;
      else decided = judgePdu(frame, request);
      // Over a serial line nothing that follows a bad answer can be trusted.
      if (decided?.kind === 'bad' && this.#framing === 'RtuOverTcp') this.#lost = true;
    }
    return decided ?? { kind: others > 0 ? 'bad' : 'none' };
  }
}

function takeTcp(held: Buffer): Frame | 'incomplete' | 'broken' {
  if (held.length >= 4 && held.readUInt16BE(2) !== 0) return 'broken';
  if (held.length < 6) return 'incomplete';
  const length = held.readUInt16BE(4);
  if (length < 2 || length > 254) return 'broken';
  if (held.length < 6 + length) return 'incomplete';
  return {
    transactionId: held.readUInt16BE(0),
    unitId: held.readUInt8(6),
    pdu: held.subarray(7, 6 + length),
    rest: held.subarray(6 + length),
  };
}

function takeRtu(held: Buffer): Frame | 'incomplete' | 'broken' {
  if (held.length < 2) return 'incomplete';
  const code = held.readUInt8(1);
  if (![1, 2, 3, 4, 5, 6, 15, 16].includes(code & 0x7f)) return 'broken';
  let pduBytes = 5;
  if (code > 0x7f) pduBytes = 2;
  else if (code <= 4) {
    if (held.length < 3) return 'incomplete';
    pduBytes = 2 + held.readUInt8(2);
  }
  if (pduBytes > 253) return 'broken';
  if (held.length < pduBytes + 3) return 'incomplete';
  if (bitwiseCrc(held.subarray(0, pduBytes + 1)) !== held.readUInt16LE(pduBytes + 1)) return 'broken';
  return { transactionId: 0, unitId: held.readUInt8(0), pdu: held.subarray(1, pduBytes + 1), rest: held.subarray(pduBytes + 3) };
}

function judgePdu({ unitId, pdu }: Frame, request: SentRead): Verdict {
  if (unitId !== request.unitId) return { kind: 'bad' };
  if (pdu[0] === request.function + 0x80) {
    const known = pdu.length === 2 && KNOWN_EXCEPTIONS.includes(pdu.readUInt8(1));
    return known ? { kind: 'exception', code: pdu.readUInt8(1) } : { kind: 'bad' };
  }
  const dataBytes = request.function <= 2 ? Math.ceil(request.count / 8) : request.count * 2;
  const fits = pdu[0] === request.function && pdu[1] === dataBytes && pdu.length === dataBytes + 2;
  return fits ? { kind: 'data', hex: pdu.toString('hex', 2) } : { kind: 'bad' };
}

function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
