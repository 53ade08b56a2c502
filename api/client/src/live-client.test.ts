import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveClient, type LiveTagValue } from './live-client.ts';
import type { LiveState, SocketLike } from './live-link.ts';
import { ApiError } from './problem.ts';
import type { ServerMessage } from './schemas/live.ts';

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: { type: string; [key: string]: unknown }[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function start(token: () => Promise<string | undefined> = async () => 'token') {
  const sockets: FakeSocket[] = [];
  const states: LiveState[] = [];
  const createSocket = (): SocketLike => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as SocketLike;
  };
  const client = createLiveClient({ baseUrl: 'https://plant', token, createSocket, onState: (state) => states.push(state) });
  const welcome = async (): Promise<FakeSocket> => {
    const socket = sockets.at(-1) as FakeSocket;
    socket.onopen?.();
    await settle();
    socket.say({ type: 'welcome', username: 'ann' });
    await settle();
    return socket;
  };
  return { client, sockets, states, welcome };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the live client', () => {
  it('subscribes once for several listeners and stops when the last one leaves', async () => {
    const { client, welcome } = start();
    const seen: LiveTagValue[] = [];
    const leave = client.subscribeTags(['a/b/c'], (values) => seen.push(...values));
    const socket = await welcome();
    expect(socket.sent).toEqual([
      { type: 'hello', token: 'token' },
      { type: 'subscribe', tags: ['a/b/c'] },
    ]);
    socket.say({ type: 'subscribed', ids: { 'a/b/c': 7 }, denied: [], alarms: false });
    socket.say({ type: 'snapshot', values: [[7, 1000, 1.5, 0]] });
    const late: LiveTagValue[] = [];
    const leaveLate = client.subscribeTags(['a/b/c'], (values) => late.push(...values));
    await settle();
    expect(late).toEqual([{ path: 'a/b/c', timeMs: 1000, value: 1.5, status: 0, flags: 0 }]);
    expect(seen).toEqual(late);
    expect(socket.sent).toHaveLength(2);
    leave();
    await settle();
    expect(socket.sent).toHaveLength(2);
    leaveLate();
    await settle();
    expect(socket.sent[2]).toEqual({ type: 'unsubscribe', tags: ['a/b/c'] });
  });

  it('is lost when the connection closes, tries again with back-off, and subscribes anew', async () => {
    const { client, sockets, states, welcome } = start();
    client.subscribeTags(['a/b/c'], () => {});
    client.subscribeAlarms(() => {});
    const socket = await welcome();
    socket.say({ type: 'error', code: 'going-away', message: 'the api is stopping' });
    socket.onclose?.();
    expect(client.state()).toMatchObject({ kind: 'lost', reason: 'the api is stopping', attempt: 1 });
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    sockets[1]?.onclose?.();
    expect(client.state()).toMatchObject({ kind: 'lost', attempt: 2 });
    await vi.advanceTimersByTimeAsync(1000);
    const next = await welcome();
    expect(next.sent[1]).toEqual({ type: 'subscribe', tags: ['a/b/c'], alarms: true });
    expect(states.map((state) => state.kind)).toEqual(['live', 'lost', 'lost', 'live']);
  });

  it('is lost when nothing is heard for fifteen seconds, though the socket looks open', async () => {
    const { client, welcome } = start();
    const socket = await welcome();
    await vi.advanceTimersByTimeAsync(14_000);
    socket.say({ type: 'beat' });
    await vi.advanceTimersByTimeAsync(14_000);
    expect(client.state().kind).toBe('live');
    await vi.advanceTimersByTimeAsync(1500);
    expect(client.state().kind).toBe('lost');
    expect(socket.closed).toBe(true);
  });

  it('renews its token when asked, and stops when nobody is signed in any more', async () => {
    let token: () => Promise<string | undefined> = async () => 'one';
    const { client, welcome } = start(() => token());
    const socket = await welcome();
    token = async () => 'two';
    socket.say({ type: 'tokenExpiring', expiresIn: 30 });
    await settle();
    expect(socket.sent.at(-1)).toEqual({ type: 'token', token: 'two' });
    token = () => Promise.reject(new ApiError({ type: '', title: '', status: 401, code: 'session-ended' }));
    socket.say({ type: 'tokenExpiring', expiresIn: 30 });
    await settle();
    expect(client.state()).toMatchObject({ kind: 'stopped', reason: 'the session is over' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.state().kind).toBe('stopped');
  });

  it('hands alarms on: a snapshot replaces, a change is merged', async () => {
    const { client, welcome } = start();
    const changes: boolean[] = [];
    client.subscribeAlarms((change) => changes.push(change.replace));
    const socket = await welcome();
    socket.say({ type: 'snapshot', values: [], alarms: [] });
    socket.say({ type: 'alarm', alarms: [], journal: [] });
    expect(changes).toEqual([true, false]);
  });
});
