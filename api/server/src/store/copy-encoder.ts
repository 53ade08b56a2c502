import { EPOCH_2000_US } from './micros.ts';
import { toInt2 } from './status-code.ts';

const SIGNATURE = Buffer.from([0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]);
const TRAILER = Buffer.from([0xff, 0xff]);
const NULL = -1;
const MAX_INT4 = 0x7fffffff;

/** Bytes of the longest row of numbers. */
const ROW_BYTES = 54;

/** Rows in PostgreSQL's binary COPY format, without header and trailer, so that parts can be joined and split. */
export class CopyRows {
  #buffer: Buffer;
  #length = 0;
  #rows = 0;

  constructor(expectedRows: number) {
    this.#buffer = Buffer.allocUnsafe(Math.max(256, expectedRows * ROW_BYTES));
  }

  get rows(): number {
    return this.#rows;
  }

  /** The encoded rows; they stay valid while no more are added. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** A row of `reading`: any double (what is not finite becomes null), any time, any status and flags. */
  number(tagId: number, timeUs: number, value: number, receivedDeltaMs: number, status: number, flags: number): void {
    let at = this.#begin(ROW_BYTES);
    at = this.#time(at, timeUs);
    const finite = Number.isFinite(value);
    at = this.#buffer.writeInt32BE(finite ? 8 : NULL, at);
    if (finite) at = this.#buffer.writeDoubleBE(value, at);
    this.#length = this.#tail(at, tagId, receivedDeltaMs, status, flags);
  }

  /** A row of `reading_text`. PostgreSQL knows no NUL in text: it is left out. */
  text(tagId: number, timeUs: number, value: string | undefined, receivedDeltaMs: number, status: number, flags: number): void {
    const bytes = value === undefined ? undefined : Buffer.from(value.replaceAll('\0', ''), 'utf8');
    let at = this.#begin(ROW_BYTES + (bytes?.length ?? 0));
    at = this.#time(at, timeUs);
    at = this.#buffer.writeInt32BE(bytes?.length ?? NULL, at);
    if (bytes !== undefined) at += bytes.copy(this.#buffer, at);
    this.#length = this.#tail(at, tagId, receivedDeltaMs, status, flags);
  }

  /** A row of `reading_out_of_window`. */
  outOfWindow(timeUs: number, tagId: number, originalUs: number): void {
    let at = this.#begin(ROW_BYTES, 3);
    at = this.#time(at, timeUs);
    at = this.#int4(at, tagId);
    this.#length = this.#int8(at, originalUs);
  }

  #begin(bytes: number, fields = 6): number {
    if (this.#length + bytes > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    this.#rows += 1;
    return this.#buffer.writeInt16BE(fields, this.#length);
  }

  #tail(start: number, tagId: number, receivedDeltaMs: number, status: number, flags: number): number {
    let at = this.#int4(start, tagId);
    at = this.#int4(at, Math.max(-MAX_INT4, Math.min(MAX_INT4, Math.trunc(receivedDeltaMs) || 0)));
    at = this.#buffer.writeInt32BE(2, at);
    at = this.#buffer.writeInt16BE(toInt2(status), at);
    at = this.#buffer.writeInt32BE(2, at);
    return this.#buffer.writeInt16BE(flags & 0x7fff, at);
  }

  #time(at: number, timeUs: number): number {
    return this.#int8(at, timeUs - EPOCH_2000_US);
  }

  #int4(at: number, value: number): number {
    return this.#buffer.writeInt32BE(value, this.#buffer.writeInt32BE(4, at));
  }

  #int8(at: number, value: number): number {
    const high = Math.floor(value / 4_294_967_296);
    const next = this.#buffer.writeInt32BE(high, this.#buffer.writeInt32BE(8, at));
    return this.#buffer.writeUInt32BE(value - high * 4_294_967_296, next);
  }
}

/** A whole COPY of several parts. */
export const copyChunks = (parts: readonly Buffer[]): Buffer[] => [SIGNATURE, ...parts, TRAILER];

/** Cut encoded rows into rows of their own: for finding the one that the database refuses. */
export function splitRows(bytes: Buffer): Buffer[] {
  const rows: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const fields = bytes.readInt16BE(at);
    at += 2;
    for (let field = 0; field < fields; field += 1) at += 4 + Math.max(0, bytes.readInt32BE(at));
    rows.push(bytes.subarray(start, at));
  }
  return rows;
}
