import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlannedRead, planReads } from './plan-reads.ts';
import { ReadGroup } from './read-group.ts';
import type { TagPoint } from './tag-point.ts';

const point = (tag: string, start: number, count = 1, functionCode: TagPoint['function'] = 3): TagPoint => ({
  tag,
  function: functionCode,
  start,
  count,
  decode: () => ({ value: 0, status: 0, flags: 0 }),
});
const none = { cuts: new Set<string>(), alone: new Set<TagPoint>() };
const limits = { maxRegistersPerRead: 125, maxBitsPerRead: 2000, mergeGap: 8 };
const shape = (reads: readonly PlannedRead[]) => reads.map((read) => `${read.function}:${read.start}+${read.count}`);

describe('planReads', () => {
  it('merges over gaps up to the declared one, and no further', () => {
    const points = [point('a', 0), point('b', 9), point('c', 19)];
    expect(shape(planReads(points, limits, none))).toEqual(['3:0+10', '3:19+1']);
    expect(shape(planReads(points, { ...limits, mergeGap: 0 }, none))).toEqual(['3:0+1', '3:9+1', '3:19+1']);
  });

  it('keeps tables apart and allows sixteen times the gap for bits', () => {
    const points = [point('a', 0, 1, 1), point('b', 129, 1, 1), point('c', 0, 1, 3), point('d', 1, 1, 4)];
    expect(shape(planReads(points, limits, none))).toEqual(['1:0+130', '3:0+1', '4:1+1']);
  });

  it('never asks for more than declared, nor splits a value', () => {
    const points = Array.from({ length: 40 }, (_, i) => point(`t${i}`, i * 4, 4));
    expect(shape(planReads(points, { ...limits, maxRegistersPerRead: 50 }, none))).toEqual(['3:0+48', '3:48+48', '3:96+48', '3:144+16']);
  });

  it('covers every tag exactly once, whatever the map', () => {
    const arbitrary = fc.record({
      start: fc.nat(400),
      count: fc.constantFrom(1, 2, 4, 10),
      functionCode: fc.constantFrom<TagPoint['function'][]>(1, 3, 4),
    });
    fc.assert(
      fc.property(
        fc.array(arbitrary, { maxLength: 60 }),
        fc.nat(20),
        fc.integer({ min: 10, max: 125 }),
        (tags, mergeGap, maxRegistersPerRead) => {
          const points = tags.map(({ start, count, functionCode }, i) =>
            point(`t${i}`, start, functionCode === 1 ? 1 : count, functionCode),
          );
          const reads = planReads(points, { ...limits, mergeGap, maxRegistersPerRead }, none);
          expect(reads.flatMap((read) => read.points.map(({ tag }) => tag)).sort()).toEqual(points.map(({ tag }) => tag).sort());
          for (const read of reads) {
            expect(read.function === 1 || read.count <= maxRegistersPerRead).toBe(true);
            for (const { start, count } of read.points) expect(start >= read.start && start + count <= read.start + read.count).toBe(true);
          }
        },
      ),
    );
  });
});

/** Poll a group against a device that refuses some registers, until nothing changes; how often each address set was asked. */
function poll(group: ReadGroup, isLegal: (read: PlannedRead) => boolean, nowMs = 0): { asked: number; rejected: string[]; good: string[] } {
  let asked = 0;
  const rejected: string[] = [];
  const good: string[] = [];
  const queue = [...group.reads(nowMs)];
  for (let read = queue.shift(); read !== undefined; read = queue.shift()) {
    asked += 1;
    if (asked > 10_000) throw new Error('splitting does not end');
    if (isLegal(read)) {
      group.accept(read);
      good.push(...read.points.map(({ tag }) => tag));
      continue;
    }
    const step = group.refuse(read, false, nowMs);
    if (step.kind === 'split') queue.push(...step.reads);
    else rejected.push(...step.points.map(({ tag }) => tag));
  }
  return { asked, rejected, good };
}

const without =
  (...bad: number[]) =>
  (read: PlannedRead) =>
    !bad.some((address) => address >= read.start && address < read.start + read.count);

describe('ReadGroup', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => point(`t${i}`, i));

  it('finds the bad tag by halving, and reads the others in the same poll', () => {
    const group = new ReadGroup(hundred, limits);
    const first = poll(group, without(57));
    expect(first.rejected).toEqual(['t57']);
    expect(first.good).toHaveLength(99);
    expect(first.asked).toBeLessThanOrEqual(2 * 7 + 1);
  });

  it('merges the others again around the bad tag', () => {
    const group = new ReadGroup(hundred, limits);
    poll(group, without(57));
    expect(shape(group.reads(1))).toEqual(['3:0+57', '3:58+42']);
  });

  it('does not read over an illegal address that no tag declares', () => {
    const group = new ReadGroup([point('a', 0), point('b', 2), point('c', 4)], limits);
    const first = poll(group, without(1));
    expect(first.rejected).toEqual([]);
    expect(shape(group.reads(1))).toEqual(['3:0+1', '3:2+3']);
  });

  it('tries a refused tag alone later, with growing pauses, and takes it back when it is answered', () => {
    const group = new ReadGroup(hundred, limits);
    poll(group, without(57));
    expect(poll(group, without(57), 9_999).asked).toBe(2);
    expect(poll(group, without(57), 10_000)).toMatchObject({ asked: 3, rejected: ['t57'] });
    expect(poll(group, without(57), 29_999).asked).toBe(2);
    expect(poll(group, without(), 30_000).asked).toBe(3);
    expect(shape(group.reads(30_001))).toEqual(['3:0+100']);
  });

  it('rejects every tag of a register that is refused', () => {
    const group = new ReadGroup([point('a', 0), point('bit-0', 5), point('bit-1', 5), point('b', 6)], limits);
    expect(poll(group, without(5)).rejected.sort()).toEqual(['bit-0', 'bit-1']);
  });

  it('parts tags that share registers in different ways', () => {
    const group = new ReadGroup([point('wide', 0, 2), point('second', 1)], limits);
    const result = poll(group, without(0));
    expect(result).toMatchObject({ rejected: ['wide'], good: ['second'] });
    expect(poll(group, without(0), 1)).toMatchObject({ asked: 1, good: ['second'] });
  });

  it('ends with exactly the bad tags rejected, whatever is illegal', () => {
    const tags = fc.array(fc.record({ start: fc.nat(200), count: fc.constantFrom(1, 2, 4) }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(tags, fc.array(fc.nat(200), { maxLength: 12 }), (shapes, bad) => {
        const points = shapes.map(({ start, count }, i) => point(`t${i}`, start, count));
        const group = new ReadGroup(points, limits);
        const isLegal = without(...bad);
        const expected = points.filter((one) => !isLegal({ ...one, points: [one] })).map(({ tag }) => tag);
        const rejected = new Set<string>();
        for (let round = 0; round < 20; round++) for (const tag of poll(group, isLegal, round).rejected) rejected.add(tag);
        expect([...rejected].sort()).toEqual(expected.sort());
        expect(poll(group, isLegal, 30)).toMatchObject({ rejected: [], asked: group.reads(31).length });
      }),
    );
  });
});
