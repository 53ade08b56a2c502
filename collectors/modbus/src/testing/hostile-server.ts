import { createServer, type Socket } from 'node:net';
import { crc16 } from '../codec/crc16.ts';
import type { Framing } from '../codec/framing.ts';
import { encodeResponse } from '../codec/response-pdu.ts';
import { encodeAdu } from '../codec/adu.ts';
import { answerRequest } from '../server/answer-request.ts';
import type { RegisterImage } from '../server/register-image.ts';
import { AduStream } from '../codec/adu-stream.ts';

/** What a trick may play with: the honest frame, and what it was an answer to. */
export interface TrickContext {
  readonly socket: Socket;
  readonly framing: Framing;
  readonly transactionId: number;
  readonly unitId: number;
  readonly pdu: Uint8Array;
  readonly honest: Uint8Array;
}

/** What a hostile server does instead of answering. */
export type Trick = (context: TrickContext) => void;

const send = (
  { socket, framing, transactionId, unitId, pdu }: TrickContext,
  change: Partial<Pick<TrickContext, 'transactionId' | 'unitId' | 'pdu'>>,
) => void socket.write(encodeAdu(framing, change.transactionId ?? transactionId, change.unitId ?? unitId, change.pdu ?? pdu));

const raw = (context: TrickContext, edit: (frame: Uint8Array) => void) => {
  const frame = context.honest.slice();
  edit(frame);
  context.socket.write(frame);
};

/** Tricks that work with both framings. */
export const TRICKS = {
  fewerRegisters: (context) => send(context, { pdu: Uint8Array.of(context.pdu[0] ?? 0, 2, 0, 1) }),
  moreRegisters: (context) => send(context, { pdu: Uint8Array.from([context.pdu[0] ?? 0, 200, ...new Uint8Array(200)]) }),
  wrongUnit: (context) => send(context, { unitId: context.unitId + 1 }),
  wrongFunction: (context) => send(context, { pdu: Uint8Array.of(4, ...context.pdu.subarray(1)) }),
  writeInsteadOfRead: (context) => send(context, { pdu: Uint8Array.of(6, 0, 0, 0, 1) }),
  unknownException: (context) => send(context, { pdu: Uint8Array.of((context.pdu[0] ?? 0) | 0x80, 0x55) }),
  exceptionOfAnotherFunction: (context) => send(context, { pdu: Uint8Array.of(0x84, 2) }),
  exceptionThatIsTooLong: (context) => raw(context, (frame) => frame.fill(0xff)),
  garbage: ({ socket }) => void socket.write(Uint8Array.from({ length: 4096 }, (_, i) => (i * 131 + 7) & 0xff)),
  halfAFrame: ({ socket, honest }) => void socket.write(honest.subarray(0, honest.length - 1)),
  neverAnswers: () => undefined,
  closes: ({ socket }) => void socket.destroy(),
  /** More frames nobody asked for than fit into any buffer. */
  flood: (context) => {
    const frame = encodeAdu(context.framing, context.transactionId + 1, context.unitId + 1, context.pdu);
    const many = Buffer.concat(Array.from({ length: 2000 }, () => frame));
    for (let i = 0; i < 50; i++) context.socket.write(many);
  },
} satisfies Record<string, Trick>;

/** Tricks on the MBAP header. */
export const TCP_TRICKS = {
  foreignTransaction: (context) => send(context, { transactionId: (context.transactionId + 7) & 0xffff }),
  wrongProtocol: (context) => raw(context, (frame) => frame.fill(1, 3, 4)),
  lengthBeyondTheStandard: (context) => raw(context, (frame) => frame.fill(0xff, 4, 6)),
  lengthOfOne: (context) => raw(context, (frame) => frame.fill(0, 4, 6)),
} satisfies Record<string, Trick>;

/** Tricks on serial-line frames. */
export const RTU_TRICKS = {
  wrongCrc: (context) => raw(context, (frame) => frame.fill((frame.at(-1) ?? 0) ^ 0xff, frame.length - 1)),
  wrongCrcOfWrongData: (context) => {
    const frame = context.honest.slice();
    frame[3] = (frame[3] ?? 0) ^ 1;
    if (crc16(frame, 0, frame.length) !== 0) context.socket.write(frame);
  },
} satisfies Record<string, Trick>;

/** A server that plays the trick in force, or answers honestly while there is none. */
export interface HostileServer {
  readonly port: number;
  trick: Trick | undefined;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Start a server for tests of what a hostile or broken device can do. */
export async function startHostileServer(framing: Framing, image: RegisterImage): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const stream = new AduStream(framing, 'request', {
      frame: (frame, bytes) => {
        const pdu = encodeResponse(answerRequest(image, bytes, frame.pduStart, frame.pduEnd));
        const { transactionId, unitId } = frame;
        const honest = encodeAdu(framing, transactionId, unitId, pdu);
        if (hostile.trick === undefined) socket.write(honest);
        else hostile.trick({ socket, framing, transactionId, unitId, pdu, honest });
        return true;
      },
      malformed: () => socket.destroy(),
    });
    socket.on('data', (chunk) => stream.receive(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const hostile: HostileServer = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    trick: undefined,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return hostile;
}
