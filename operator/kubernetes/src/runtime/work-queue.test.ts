import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkQueue } from './work-queue.ts';

/** Timers that fire when told to. */
function createManualClock() {
  const timers: { readonly dueMs: number; readonly fn: () => void }[] = [];
  return {
    delays: () => timers.map(({ dueMs }) => dueMs),
    clock: {
      setTimer: (dueMs: number, fn: () => void) => {
        const timer = { dueMs, fn };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    },
    fire: () => {
      for (const { fn } of timers.splice(0)) fn();
    },
  };
}

describe('createWorkQueue', () => {
  it('gives a key out once however often it was added', async () => {
    const queue = createWorkQueue();
    for (let round = 0; round < 3; round++) queue.add('a');
    queue.add('b');
    expect([await queue.next(), await queue.next(), queue.depth()]).toEqual(['a', 'b', 0]);
  });

  it('gives a key that was added while it was worked on out again, afterwards', async () => {
    const queue = createWorkQueue();
    queue.add('a');
    await queue.next();
    queue.add('a');
    expect(queue.depth()).toBe(0);
    queue.done('a');
    expect(await queue.next()).toBe('a');
  });

  it('puts changes before resyncs', async () => {
    const queue = createWorkQueue();
    queue.add('resync', 'low');
    queue.add('raised', 'low');
    queue.add('change');
    queue.add('raised');
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual(['change', 'raised', 'resync']);
  });

  it('waits longer after each failure of a key, up to five minutes, and forgets after a success', () => {
    const { clock, delays, fire } = createManualClock();
    const queue = createWorkQueue(clock);
    const seen: number[] = [];
    for (let failure = 0; failure < 20; failure++) {
      queue.retry('a');
      seen.push(...delays());
      fire();
    }
    expect(seen.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(seen.at(-1)).toBe(300_000);
    queue.forget('a');
    queue.retry('a');
    expect(delays()).toEqual([5]);
  });

  it('lets a worker that waits go when it is closed', async () => {
    const queue = createWorkQueue();
    const waiting = queue.next();
    queue.close();
    expect([await waiting, await queue.next()]).toEqual([undefined, undefined]);
  });

  it('never has a key out twice and loses none, whatever happens in which order', async () => {
    const step = fc.record({
      kind: fc.constantFrom('add' as const, 'low' as const, 'next' as const, 'done' as const),
      key: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const queue = createWorkQueue();
        const out = new Set<string>();
        const owed = new Set<string>();
        const take = async () => {
          const key = (await queue.next()) ?? '';
          expect(out.has(key)).toBe(false);
          out.add(key);
          owed.delete(key);
        };
        for (const { kind, key } of steps) {
          if (kind === 'next' && queue.depth() > 0) await take();
          else if (kind === 'done' && out.delete(key)) queue.done(key);
          else if (kind === 'add' || kind === 'low') {
            queue.add(key, kind === 'low' ? 'low' : 'normal');
            owed.add(key);
          }
        }
        for (const key of [...out]) {
          out.delete(key);
          queue.done(key);
        }
        while (queue.depth() > 0) await take();
        expect([...owed]).toEqual([]);
      }),
    );
  });
});
