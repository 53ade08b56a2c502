import { createServer, type Server, type Socket } from 'node:net';
import type { Framing } from '../codec/framing.ts';
import type { MutatedReply } from './mutate-reply.ts';

const REQUEST_BYTES: Readonly<Record<Framing, number>> = { Tcp: 12, RtuOverTcp: 8 };

/** What answers a request; `connection` is new with each connection. */
export type Answer = (request: Buffer, connection: object) => MutatedReply;

/** A server that sends its replies in pieces, one after the other, and knows whether all it sent has arrived. */
export class FuzzServer {
  readonly #framing: Framing;
  readonly #answer: Answer;
  readonly #server: Server;
  #socket: Socket | undefined;
  #reply: MutatedReply | undefined;
  #piecesSent = 0;
  #underWay = 0;

  private constructor(framing: Framing, answer: Answer) {
    this.#framing = framing;
    this.#answer = answer;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  static async start(framing: Framing, answer: Answer): Promise<FuzzServer> {
    const fuzz = new FuzzServer(framing, answer);
    await new Promise<void>((resolve) => fuzz.#server.listen(0, '127.0.0.1', resolve));
    return fuzz;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** The request that is expected has come. */
  get isAsked(): boolean {
    return this.#reply !== undefined;
  }

  /** It was answered and all of the answer has arrived, or the connection is gone. */
  get isQuiet(): boolean {
    if (this.#reply === undefined) return false;
    return this.#underWay === 0 && this.#piecesSent === this.#reply.pieces.length && !this.#reply.closes;
  }

  /** A new request will come. */
  expect(): void {
    this.#reply = undefined;
  }

  /** The client got this many bytes: send the next piece once it has all of the one before. */
  arrived(bytes: number): void {
    this.#underWay -= bytes;
    if (this.#underWay === 0) this.#sendNext();
  }

  /** The client's connection is gone, and with it what was under way. */
  lost(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#underWay = 0;
    this.#piecesSent = 0;
    if (this.#reply !== undefined) this.#reply = { pieces: [], closes: false };
  }

  close(): Promise<void> {
    this.#socket?.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    let request = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      request = Buffer.concat([request, chunk]);
      if (request.length < REQUEST_BYTES[this.#framing] || socket !== this.#socket) return;
      this.#reply = this.#answer(request, socket);
      request = Buffer.alloc(0);
      this.#piecesSent = 0;
      this.#sendNext();
    });
  }

  #sendNext(): void {
    const piece = this.#reply?.pieces[this.#piecesSent];
    if (piece !== undefined) {
      this.#piecesSent += 1;
      this.#underWay = piece.length;
      this.#socket?.write(piece);
    } else if (this.#reply?.closes) this.#socket?.end();
  }
}
