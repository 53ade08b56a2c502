import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to the database that can fail. */
export interface DatabaseProxy {
  /** The same database by way of it. */
  url(url: string): string;
  /** Connections are cut and new ones refused, until `open`. */
  refuse(): void;
  /** Nothing passes and nothing ends, until `open`. */
  swallow(): void;
  /** Of the connections of now: requests pass, answers never do, and the database does not hear when they end. */
  loseAnswers(): void;
  open(): void;
  close(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket; isLost: boolean }>();
  let mode: 'open' | 'refuse' | 'swallow' = 'open';
  const server = createServer((near) => {
    if (mode === 'refuse') {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far, isLost: false };
    pairs.add(pair);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.once('close', () => {
        pairs.delete(pair);
        near.destroy();
        if (!pair.isLost) far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
    if (mode === 'swallow') hold(pair);
  });
  /** Sockets to the database whose other side nobody knows any more. */
  const lost = new Set<Socket>();
  const hold = ({ near, far }: { near: Socket; far: Socket }): void => {
    near.unpipe(far);
    far.unpipe(near);
    near.pause();
    far.pause();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a listening TCP server's address is never a string
  const cut = (): void => {
    for (const { near } of pairs) near.destroy();
  };
  return {
    url: (url) => {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    refuse: () => {
      mode = 'refuse';
      cut();
    },
    swallow: () => {
      mode = 'swallow';
      for (const pair of pairs) hold(pair);
    },
    loseAnswers: () => {
      for (const pair of pairs) {
        const { near, far } = pair;
        pair.isLost = true;
        lost.add(far);
        far.unpipe(near);
        far.resume();
        near.unpipe(far);
        near.on('data', (bytes) => far.write(bytes));
      }
    },
    open: () => {
      if (mode === 'swallow') {
        for (const { near, far } of pairs) {
          near.pipe(far);
          far.pipe(near);
        }
      }
      mode = 'open';
    },
    close: async () => {
      cut();
      for (const far of lost) far.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
