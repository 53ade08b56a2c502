import { describe, expect, it } from 'vitest';
import type { Delivery, Outgoing } from '../block/block-buffer.ts';
import { createSendWindow } from './send-window.ts';

const block = (run: string, seq: number): Outgoing => ({ kind: 'block', run, seq, bytes: Buffer.alloc(0) });
const nameOf = (out: Outgoing | undefined) => (out?.kind === 'block' ? `${out.run}${out.seq}` : out?.kind);

/** A delivery with so many fresh and waiting blocks. */
function deliveryOf(live: number, backlog: readonly Outgoing[]): Delivery {
  let liveSeq = 0;
  const waiting = [...backlog];
  return {
    nextLive: () => (liveSeq < live ? block('live', ++liveSeq) : undefined),
    nextBacklog: () => waiting.shift(),
    close: () => {},
  };
}

const backlogOf = (count: number) => Array.from({ length: count }, (_, i) => block('old', i + 1));

function sendAll(window: ReturnType<typeof createSendWindow>): (string | undefined)[] {
  const sent: (string | undefined)[] = [];
  for (let out = window.next(); out; out = window.next()) sent.push(nameOf(out));
  return sent;
}

describe('createSendWindow', () => {
  it('sends what was just cut before what has waited, but one that waited after every three', () => {
    const window = createSendWindow(deliveryOf(5, backlogOf(9)), 32);
    expect(sendAll(window).slice(0, 7)).toEqual(['live1', 'live2', 'live3', 'old1', 'live4', 'live5', 'old2']);
  });

  it('sends of what waited five blocks and goes on as these are committed, not as they arrive', () => {
    const window = createSendWindow(deliveryOf(0, backlogOf(99)), 32);
    expect(sendAll(window).length).toBe(5);
    window.received(5);
    window.committed([{ run: 'other', committed: [{ first: 1, last: 99 }] }]);
    expect(sendAll(window)).toEqual([]);
    window.committed([{ run: 'old', committed: [{ first: 1, last: 2 }] }]);
    window.committed([{ run: 'old', committed: [{ first: 1, last: 3 }] }]);
    expect(sendAll(window)).toEqual(['old6', 'old7', 'old8']);
  });

  it('counts what has arrived of both kinds together, whatever the count says', () => {
    const window = createSendWindow(deliveryOf(99, backlogOf(99)), 4);
    expect(sendAll(window)).toEqual(['live1', 'live2', 'live3', 'old1']);
    window.received(0);
    expect(window.inFlight).toBe(4);
    window.received(2);
    window.received(1);
    expect(window.inFlight).toBe(2);
    window.received(1e9);
    expect(window.inFlight).toBe(0);
    expect(sendAll(window).length).toBe(4);
    expect(window.inFlight).toBe(4);
  });

  it('sends what numbers mean without taking room for it', () => {
    const run: Outgoing = { kind: 'run', value: { run: 'old', devices: [], tags: [] } };
    const window = createSendWindow(deliveryOf(0, [run, ...backlogOf(2)]), 16);
    expect(sendAll(window)).toEqual(['run', 'old1', 'old2']);
    expect(window.inFlight).toBe(2);
  });

  it('lets one block go also when the owner allows none', () => {
    expect(sendAll(createSendWindow(deliveryOf(3, []), 0))).toEqual(['live1']);
  });
});
