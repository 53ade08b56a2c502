import { createConnection } from 'node:net';
import type { Endpoint } from './endpoint.ts';

/** Room for sixteen of the longest replies; each of many connections has one. */
const RECEIVE_BUFFER_BYTES = 4_160;
const KEEP_ALIVE_MS = 15_000;

/** What a socket reports. `closed` comes exactly once, unless the socket was destroyed by its owner. */
export interface SocketEvents {
  connected(): void;
  /** Bytes are only valid during the call. */
  received(bytes: Uint8Array): void;
  /** Code of the error (`ECONNREFUSED` …); undefined when the peer closed. */
  closed(code: string | undefined): void;
}

/** An open or opening socket. */
export interface OpenSocket {
  write(bytes: Uint8Array): void;
  destroy(): void;
}

/** Dial. One receive buffer is used again and again, so a flood costs no memory. */
export function openSocket(endpoint: Endpoint, events: SocketEvents): OpenSocket {
  let over = false;
  const socket = createConnection({
    host: endpoint.host,
    port: endpoint.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    onread: {
      buffer: new Uint8Array(RECEIVE_BUFFER_BYTES),
      callback: (size, buffer) => {
        if (!over) events.received(buffer.subarray(0, size));
        return true;
      },
    },
  });
  const end = (code: string | undefined) => {
    if (over) return;
    over = true;
    socket.destroy();
    events.closed(code);
  };
  socket.on('connect', () => {
    if (!over) events.connected();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'ERROR'));
  socket.on('end', () => end(undefined));
  socket.on('close', () => end(undefined));
  return {
    write: (bytes) => {
      if (!over) socket.write(bytes);
    },
    destroy: () => {
      over = true;
      socket.destroy();
    },
  };
}
