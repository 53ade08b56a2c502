import { createServer, type Socket } from 'node:net';
import type { Framing } from '../codec/framing.ts';
import { answerRequest } from './answer-request.ts';
import type { RegisterImage } from './register-image.ts';
import { createServerSession } from './server-session.ts';

/** Most connections at a time; more are closed at once. */
const MOST_CONNECTIONS = 64;

/** What a server serves. */
export interface ModbusServerOptions {
  readonly framing: Framing;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Image of a unit; undefined: there is no such unit, and its requests are not answered. */
  readonly unit: (unitId: number) => RegisterImage | undefined;
  /** Told of every request, for tests and statistics. */
  readonly onRequest?: (unitId: number) => void;
  readonly onConnection?: () => void;
}

/** A running server. */
export interface ModbusServer {
  readonly host: string;
  readonly port: number;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Serve register images over Modbus TCP or RTU over TCP. */
export async function createModbusServer(options: ModbusServerOptions): Promise<ModbusServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    if (sockets.size >= MOST_CONNECTIONS) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    options.onConnection?.();
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return {
    host: options.host,
    port: address.port,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, { framing, unit, onRequest }: ModbusServerOptions): void {
  const session = createServerSession(framing, {
    write: (bytes) => {
      // A client that asks and does not read: wait until it does, so that answers do not pile up.
      if (!socket.write(bytes)) socket.pause();
    },
    close: () => socket.destroy(),
    answer: (unitId, bytes, start, end) => {
      onRequest?.(unitId);
      const image = unit(unitId);
      return image && answerRequest(image, bytes, start, end);
    },
  });
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk) => session.receive(chunk));
}
