import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedBlock } from './block-buffer.ts';
import { createMemoryBuffer } from './create-memory-buffer.ts';

const block = (seq: number, sizeBytes = 744, lost: EncodedBlock['lost'] = []): EncodedBlock => ({
  run: 'R',
  seq,
  bytes: Buffer.alloc(sizeBytes),
  readings: 10,
  fromUs: seq * 100,
  untilUs: seq * 100 + 99,
  lost,
  cutMs: seq,
});

function setUp(maxBytes: number) {
  const episodes: number[] = [];
  const dropped: number[] = [];
  const committed: [number, readonly number[]][] = [];
  const buffer = createMemoryBuffer({
    maxBytes,
    onEpisode: ({ seq }) => episodes.push(seq),
    onLost: ({ fromUs }) => dropped.push(fromUs / 100),
    onCommitted: (...freed) => committed.push(freed),
  });
  return { buffer, episodes, dropped, committed };
}

const held = (buffer: ReturnType<typeof setUp>['buffer']): number[] => {
  const delivery = buffer.deliver({ runs: buffer.runs(), committed: [], onReady: () => {} });
  const seqs: number[] = [];
  for (let next = delivery.nextBacklog(); next?.kind === 'block'; next = delivery.nextBacklog()) seqs.push(next.seq);
  return seqs;
};

describe('createMemoryBuffer', () => {
  it('keeps blocks until they are committed, in parts and in any order', () => {
    const { buffer } = setUp(1 << 20);
    for (let seq = 1; seq <= 10; seq++) buffer.append(block(seq));
    buffer.commit([
      {
        run: 'R',
        committed: [
          { first: 2, last: 3 },
          { first: 7, last: 7 },
        ],
      },
    ]);
    expect(held(buffer)).toEqual([1, 4, 5, 6, 8, 9, 10]);
    buffer.commit([{ run: 'R', committed: [{ first: 1, last: 1e15 }] }]);
    expect(held(buffer)).toEqual([]);
    expect(buffer.sizeBytes).toBe(0);
    buffer.append(block(11));
    expect(held(buffer)).toEqual([11]);
  });

  it('ignores runs it does not know', () => {
    const { buffer, committed } = setUp(1 << 20);
    buffer.append(block(1));
    buffer.commit([{ run: 'other', committed: [{ first: 1, last: 9 }] }]);
    expect(committed).toEqual([]);
    expect(buffer.runs()).toEqual(['R']);
    buffer.commit([{ run: 'R', committed: [{ first: 1, last: 9 }] }]);
    expect(committed).toEqual([[1, [1]]]);
  });

  it('drops the oldest when it is full, once per episode says so, and counts what was lost', () => {
    const { buffer, episodes, dropped } = setUp(4000);
    for (let seq = 1; seq <= 7; seq++) buffer.append(block(seq));
    expect(held(buffer)).toEqual([4, 5, 6, 7]);
    expect(dropped).toEqual([1, 2, 3]);
    expect(episodes).toEqual([1]);
    expect(buffer.problem()).toContain('30 readings');
    expect(buffer.takeLost()).toEqual([{ fromUs: 100, untilUs: 399, readings: 30, blocks: 3, reason: 'BufferFull' }]);
    expect(buffer.takeLost()).toEqual([]);
  });

  it('passes on what a dropped block itself had to tell', () => {
    const { buffer } = setUp(2100);
    const told = { fromUs: 1, untilUs: 2, readings: 5, blocks: 1, reason: 'DiskFailed' };
    buffer.append(block(1, 744, [told]));
    buffer.append(block(2));
    buffer.append(block(3));
    expect(buffer.takeLost()).toEqual([{ fromUs: 100, untilUs: 199, readings: 10, blocks: 1, reason: 'BufferFull' }, told]);
  });

  it('tells what is cut while it sends from what had waited before', () => {
    const { buffer } = setUp(1 << 20);
    for (let seq = 1; seq <= 3; seq++) buffer.append(block(seq));
    const delivery = buffer.deliver({ runs: ['R'], committed: [{ run: 'R', committed: [{ first: 2, last: 2 }] }], onReady: () => {} });
    buffer.append(block(4));
    expect(delivery.nextBacklog()).toMatchObject({ seq: 1 });
    expect(delivery.nextLive()).toMatchObject({ seq: 4 });
    expect(delivery.nextLive()).toBeUndefined();
    expect(delivery.nextBacklog()).toMatchObject({ seq: 3 });
    expect(delivery.nextBacklog()).toBeUndefined();
    buffer.append(block(5));
    expect(delivery.nextBacklog()).toBeUndefined();
    expect(delivery.nextLive()).toMatchObject({ seq: 5 });
  });

  it('ends an episode when it is half empty', () => {
    const { buffer, episodes } = setUp(4000);
    for (let seq = 1; seq <= 5; seq++) buffer.append(block(seq));
    buffer.commit([{ run: 'R', committed: [{ first: 1, last: 5 }] }]);
    expect(buffer.problem()).toBeUndefined();
    for (let seq = 6; seq <= 10; seq++) buffer.append(block(seq));
    expect(episodes).toEqual([1, 6]);
  });

  it('never holds more than its limit, and counts right, whatever happens', () => {
    const action = fc.oneof(fc.record({ sizeBytes: fc.nat(2000) }), fc.record({ first: fc.nat(40), length: fc.nat(10) }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { buffer, dropped } = setUp(5000);
        const expected = new Map<number, number>();
        let seq = 0;
        for (const step of actions) {
          if ('sizeBytes' in step) {
            buffer.append(block(++seq, step.sizeBytes));
            expected.set(seq, step.sizeBytes);
          } else {
            buffer.commit([{ run: 'R', committed: [{ first: step.first, last: step.first + step.length }] }]);
            for (let i = step.first; i <= step.first + step.length; i++) expected.delete(i);
          }
          for (const gone of dropped) expected.delete(gone);
          expect(held(buffer)).toEqual([...expected.keys()]);
          expect(buffer.sizeBytes).toBe([...expected.values()].reduce((sum, size) => sum + size + 256, 0));
          expect(buffer.sizeBytes).toBeLessThanOrEqual(5000);
        }
      }),
    );
  });
});
