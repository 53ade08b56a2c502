import { EPOCH_2000_US } from '../micros.ts';
import type { ReadingColumns } from './reading-columns.ts';

/** Signature, flags and the length of an extension that there is not. */
const HEADER_BYTES = 19;
/** Count of fields, six lengths, and the fields but the value. */
const ROW_BYTES = 2 + 6 * 4 + 8 + 4 + 4 + 2 + 2;
const VALUE_BYTES = 8;

/** Reads rows (time, value, tag_id, received_delta_ms, status, flags) of a binary COPY from the server, cut anywhere. */
export class CopyDecoder {
  readonly #columns: ReadingColumns;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(columns: ReadingColumns) {
    this.#columns = columns;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (!this.#begun) {
      if (bytes.length < HEADER_BYTES) {
        this.#rest = bytes;
        return;
      }
      this.#begun = true;
      at = HEADER_BYTES;
    }
    this.#rest = bytes.subarray(this.#rows(bytes, at));
  }

  /** Take all whole rows from `start` on; returns where they end. The trailer is shorter than a row. */
  #rows(bytes: Buffer, start: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    while (at + ROW_BYTES <= bytes.length) {
      const missing = view.getInt32(at + 14) === -1;
      const rest = missing ? at + 18 : at + 18 + VALUE_BYTES;
      if (rest + ROW_BYTES - 18 > bytes.length) break;
      const timeUs = view.getInt32(at + 6) * 4_294_967_296 + view.getUint32(at + 10) + EPOCH_2000_US;
      const value = missing ? Number.NaN : view.getFloat64(at + 18);
      this.#columns.add(
        view.getInt32(rest + 4),
        timeUs,
        value,
        view.getInt32(rest + 12),
        view.getInt16(rest + 20),
        view.getInt16(rest + 26),
      );
      at = rest + ROW_BYTES - 18;
    }
    return at;
  }
}
