import { describe, expect, it } from 'vitest';
import { Unavailable } from '../ports.ts';
import { createGate } from './gate.ts';

/** Works that end when told to. */
function createWorks() {
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  return { begun, work, end: (name: string) => ends.get(name)?.() };
}

describe('a gate', () => {
  it('runs so many at once, then those that go first, then the others in their order', async () => {
    const gate = createGate({ places: 2, waiting: 10, full: 'full' });
    const { begun, work, end } = createWorks();
    const done = ['a', 'b', 'c', 'd'].map((name) => gate.run(work(name)));
    done.push(gate.run(work('first'), { first: true }));
    expect(begun).toEqual(['a', 'b']);
    for (const name of ['a', 'first', 'c', 'b', 'd']) {
      await expect.poll(() => begun).toContain(name);
      end(name);
    }
    await Promise.all(done);
    expect(begun).toEqual(['a', 'b', 'first', 'c', 'd']);
  });

  it('turns away who finds the line full, and of one key those beyond its share', async () => {
    const gate = createGate({ places: 1, waiting: 3, waitingPerKey: 2, full: 'come back later' });
    const { work, begun } = createWorks();
    void gate.run(work('running'));
    void gate.run(work('1'), { key: 'flood' });
    void gate.run(work('2'), { key: 'flood' });
    await expect(gate.run(work('3'), { key: 'flood' })).rejects.toThrow(new Unavailable('come back later'));
    void gate.run(work('other'), { key: 'somebody' });
    await expect(gate.run(work('too many'))).rejects.toThrow(Unavailable);
    expect(begun).toEqual(['running']);
  });

  it('turns away who has waited too long, and not who got a place in time', async () => {
    const gate = createGate({ places: 1, waiting: 10, waitMs: 50, full: 'it takes too long' });
    const { begun, work, end } = createWorks();
    const running = gate.run(work('running'));
    await expect(gate.run(work('late'))).rejects.toThrow(new Unavailable('it takes too long'));
    const next = gate.run(work('next'));
    end('running');
    await running;
    await expect.poll(() => begun).toEqual(['running', 'next']);
    end('next');
    await next;
    expect(await gate.run(async () => 'free again')).toBe('free again');
  });

  it('gives the place on when a work fails', async () => {
    const gate = createGate({ places: 1, waiting: 3, full: 'full' });
    const failed = gate.run(() => Promise.reject(new Error('broken')));
    const next = gate.run(async () => 'served');
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('served');
  });
});
