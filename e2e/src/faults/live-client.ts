import { WebSocket as PausingSocket } from 'ws';

/** Values of one tag that a client got over one connection, in order. */
export interface Received {
  readonly numbers: number[];
}

/** A browser that follows one tag and connects again when it is cut off. */
export interface LiveClient {
  readonly connections: readonly Received[];
  /** Subscribed and sent a first value. */
  readonly live: boolean;
  /** Connections that were closed by the other side. */
  readonly closed: number;
  reconnect(): void;
  stop(): void;
}

const AGAIN_MS = 300;

interface Message {
  readonly type: string;
  readonly values?: readonly (readonly [number, number, number | null, number])[];
}

/** `onValue`: milliseconds from when it was read off the device until it was here. */
export function startLiveClient(url: string, token: string, tag: string, onValue: (ageMs: number) => void): LiveClient {
  const connections: Received[] = [];
  let socket: WebSocket | undefined;
  let stopped = false;
  let live = false;
  let closed = 0;
  const open = (): void => {
    if (stopped) return;
    const mine = new WebSocket(url);
    const numbers: number[] = [];
    socket = mine;
    connections.push({ numbers });
    mine.onopen = () => {
      mine.send(JSON.stringify({ type: 'hello', token }));
      mine.send(JSON.stringify({ type: 'subscribe', tags: [tag] }));
    };
    mine.onmessage = ({ data }) => {
      const { type, values = [] } = JSON.parse(String(data)) as Message;
      for (const [, timeMs, value] of values) {
        live = true;
        if (type === 'values') onValue(Date.now() - timeMs); // a snapshot is as old as it is
        if (value !== null && value !== numbers.at(-1)) numbers.push(value);
      }
    };
    mine.onclose = () => {
      if (socket !== mine) return;
      closed += 1;
      live = false;
      setTimeout(open, AGAIN_MS * (1 + Math.random()));
    };
    mine.onerror = () => {};
  };
  open();
  return {
    connections,
    get live() {
      return live;
    },
    get closed() {
      return closed;
    },
    reconnect: () => {
      const before = socket;
      live = false;
      socket = undefined;
      before?.close();
      open();
    },
    stop: () => {
      stopped = true;
      socket?.close();
    },
  };
}

/** A browser with all of these tags that reads until it is told to stall. */
export function startWideClient(url: string, token: string, tags: readonly string[]): PausingSocket {
  const socket = new PausingSocket(url);
  socket.on('error', () => {});
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'hello', token }));
    socket.send(JSON.stringify({ type: 'subscribe', tags, alarms: true }));
  });
  return socket;
}
