import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BEHIND_BYTES, createOutbox, type LiveSocket } from './outbox.ts';

function start() {
  const sent: string[] = [];
  const socket = { bufferedAmount: 0, send: (text: string) => void sent.push(text), close: () => {} } satisfies LiveSocket & {
    bufferedAmount: number;
  };
  const events: string[] = [];
  const outbox = createOutbox(socket, {
    now: Date.now,
    onTooSlow: () => events.push('too slow'),
    onCaughtUp: () => events.push('caught up'),
  });
  return { sent, socket, events, outbox };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the outbox of a live client', () => {
  it('leaves values out while the client is behind, and asks for a snapshot when it has caught up', () => {
    const { sent, socket, events, outbox } = start();
    outbox.takeFragments('[1,2,3,0],[2,2,3,0]');
    expect(sent).toEqual(['{"type":"values","values":[[1,2,3,0],[2,2,3,0]]}']);
    socket.bufferedAmount = BEHIND_BYTES + 1;
    outbox.takeFragments('[1,3,4,0]');
    outbox.takeFragments('[1,4,5,0]');
    vi.advanceTimersByTime(1000);
    expect(sent).toHaveLength(1);
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(300);
    expect(events).toEqual(['caught up']);
    outbox.takeFragments('[1,5,6,0]');
    expect(sent).toHaveLength(2);
  });

  it('sends alarms to a client that is behind, and gives it up after ten seconds', () => {
    const { sent, socket, events, outbox } = start();
    socket.bufferedAmount = BEHIND_BYTES + 1;
    outbox.takeFragments('[1,3,4,0]');
    outbox.send('alarm');
    expect(sent).toEqual(['alarm']);
    vi.advanceTimersByTime(9_900);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(events).toEqual(['too slow']);
  });

  it('gives a client up that lets eight megabytes pile up', () => {
    const { socket, events, outbox } = start();
    socket.bufferedAmount = 9 << 20;
    outbox.send('alarm');
    expect(events).toEqual(['too slow']);
  });

  it('beats only when nothing else was said', () => {
    const { sent, outbox } = start();
    outbox.beat();
    outbox.send('something');
    outbox.beat();
    expect(sent).toEqual(['{"type":"beat"}', 'something']);
    outbox.beat();
    expect(sent).toHaveLength(3);
  });
});
