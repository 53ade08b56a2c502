import { decodeAdu } from './adu.ts';
import { type AduDecoded, type Direction, type Framing, MAX_ADU_BYTES } from './framing.ts';

/** A whole frame found in a stream. */
export type AduFrame = Extract<AduDecoded, { kind: 'frame' }>;

/** What a stream hands over. Bytes are only valid during the call. `frame` returns false to stop (the stream was closed meanwhile). */
export interface AduHandler {
  frame(frame: AduFrame, bytes: Uint8Array): boolean;
  malformed(reason: string): void;
}

/**
 * Takes frames out of chunks of any size. Holds at most one unfinished frame (260 bytes), whatever the peer sends.
 * After `malformed` the rest of the chunk is dropped.
 */
export class AduStream {
  readonly #framing: Framing;
  readonly #direction: Direction;
  readonly #handler: AduHandler;
  readonly #held = new Uint8Array(MAX_ADU_BYTES);
  #heldBytes = 0;

  constructor(framing: Framing, direction: Direction, handler: AduHandler) {
    this.#framing = framing;
    this.#direction = direction;
    this.#handler = handler;
  }

  /** Bytes of an unfinished frame that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Forget an unfinished frame. */
  reset(): void {
    this.#heldBytes = 0;
  }

  /** Take the next bytes of the stream. */
  receive(chunk: Uint8Array): void {
    let at = 0;
    if (this.#heldBytes > 0) {
      const before = this.#heldBytes;
      const taken = Math.min(MAX_ADU_BYTES - before, chunk.length - at);
      this.#held.set(chunk.subarray(at, at + taken), before);
      const result = this.#decode(this.#held, 0, before + taken);
      if (result.kind === 'incomplete') {
        this.#heldBytes = before + taken;
        return;
      }
      this.#heldBytes = 0;
      if (result.kind === 'stop') return;
      at += result.next - before;
    }
    while (at < chunk.length) {
      const result = this.#decode(chunk, at, chunk.length);
      if (result.kind === 'incomplete') {
        this.#held.set(chunk.subarray(at));
        this.#heldBytes = chunk.length - at;
        return;
      }
      if (result.kind === 'stop') return;
      at = result.next;
    }
  }

  #decode(bytes: Uint8Array, start: number, end: number): { kind: 'next'; next: number } | { kind: 'incomplete' } | { kind: 'stop' } {
    const decoded = decodeAdu(this.#framing, this.#direction, bytes, start, end);
    if (decoded.kind === 'incomplete') return decoded;
    if (decoded.kind === 'malformed') {
      this.#handler.malformed(decoded.reason);
      return { kind: 'stop' };
    }
    return this.#handler.frame(decoded, bytes) ? { kind: 'next', next: decoded.next } : { kind: 'stop' };
  }
}
