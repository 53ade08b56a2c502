import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to the bytes that pass, both ways. */
export type Toxic =
  | { readonly kind: 'none' }
  /** Each chunk is held back so long, and up to `jitterMs` longer; the order stays. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Bytes go in pieces of this size. */
  | { readonly kind: 'slice'; readonly bytes: number }
  /** A connection is reset when so many bytes have passed. */
  | { readonly kind: 'limit'; readonly bytes: number }
  /** Connections stay open and nothing passes any more: the peer looks alive. */
  | { readonly kind: 'stall' }
  /** New connections are refused and those that are open are reset. */
  | { readonly kind: 'down' };

/** A TCP proxy on a loopback port that fails when told to. */
export interface TcpProxy {
  readonly port: number;
  /** In force for open and new connections. */
  toxic: Toxic;
  /** Port to which new connections go. */
  targetPort: number;
  /** Reset every open connection now. */
  cut(): void;
  /** Connections opened so far. */
  readonly opened: () => number;
  close(): Promise<void>;
}

/** Pass connections on to `target`; `random` (0…1) decides the jitter. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }, random: () => number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let toxic: Toxic = { kind: 'none' };
  let opened = 0;
  let targetPort = target.port;
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const server = createServer({ noDelay: true }, (front) => {
    opened += 1;
    if (toxic.kind === 'down') {
      front.resetAndDestroy();
      return;
    }
    const back = connect({ host: target.host, port: targetPort, noDelay: true });
    for (const socket of [front, back]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        for (const other of [front, back]) other.destroy();
      });
    }
    void pump(front, back, () => toxic, random);
    void pump(back, front, () => toxic, random);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return {
    port: address.port,
    get toxic() {
      return toxic;
    },
    set toxic(next: Toxic) {
      toxic = next;
      if (next.kind === 'down') cut();
    },
    get targetPort() {
      return targetPort;
    },
    set targetPort(next: number) {
      targetPort = next;
    },
    cut,
    opened: () => opened,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

const TICK_MS = 20;

/** One direction. Reading stops while a chunk is on its way, so that the proxy never holds more than one. */
async function pump(from: Socket, to: Socket, toxicNow: () => Toxic, random: () => number): Promise<void> {
  let passed = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      while (toxicNow().kind === 'stall' && !to.destroyed) await sleep(TICK_MS);
      for (const piece of pieces(chunk, toxicNow())) {
        const toxic = toxicNow();
        if (toxic.kind === 'latency') await sleep(toxic.ms + random() * toxic.jitterMs);
        if (toxic.kind === 'bandwidth') await sleep((piece.length / toxic.bytesPerSecond) * 1000);
        passed += piece.length;
        if (toxic.kind === 'limit' && passed > toxic.bytes) {
          from.resetAndDestroy();
          to.resetAndDestroy();
          return;
        }
        if (!to.write(piece)) await drained(to);
      }
    }
    to.end();
  } catch {
    to.destroy(); // the other side has gone
  }
}

function* pieces(chunk: Buffer, toxic: Toxic): Generator<Buffer> {
  const size = toxic.kind === 'slice' ? toxic.bytes : toxic.kind === 'bandwidth' ? 256 : chunk.length;
  for (let start = 0; start < chunk.length; start += size) yield chunk.subarray(start, start + size);
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
