import { Block, type Lost } from '@kubeplant/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/create-fake-clock.ts';
import type { EncodedBlock } from './block-buffer.ts';
import type { BlockReading } from './block-columns.ts';
import { createBlockBuilder } from './create-block-builder.ts';

function setUp(options: { readonly maxReadings?: number; readonly losses?: (readonly Lost[])[] } = {}) {
  const clock = createFakeClock();
  const blocks: EncodedBlock[] = [];
  const losses = options.losses ?? [];
  const builder = createBlockBuilder({
    run: '01RUN',
    clock,
    onBlock: (block) => blocks.push(block),
    takeLost: () => losses.shift() ?? [],
    maxReadings: options.maxReadings ?? 2000,
  });
  const decoded = () => blocks.map(({ bytes }) => Block.decode(bytes));
  return { clock, builder, blocks, decoded };
}

const reading = (part: Partial<BlockReading> = {}): BlockReading => ({
  tag: 1,
  timeUs: 1e15,
  receivedUs: 1e15,
  value: 1,
  status: 0,
  flags: 0,
  ...part,
});

const lost: Lost = { fromUs: 5, untilUs: 9, readings: 120, blocks: 2, reason: 'BufferFull' };

describe('createBlockBuilder', () => {
  it('cuts 100 ms after the first reading, not later because of others', () => {
    const { clock, builder, blocks } = setUp();
    builder.add(reading());
    clock.advance(60);
    builder.add(reading());
    clock.advance(39);
    expect(blocks.length).toBe(0);
    clock.advance(1);
    expect(blocks).toMatchObject([{ run: '01RUN', seq: 1, readings: 2 }]);
    clock.advance(10_000);
    expect(blocks.length).toBe(1);
  });

  it('cuts at once when it is full, and numbers blocks without a gap', () => {
    const { builder, blocks } = setUp({ maxReadings: 10 });
    for (let i = 0; i < 25; i++) builder.add(reading());
    builder.flush();
    builder.flush();
    expect(blocks.map(({ seq, readings }) => [seq, readings])).toEqual([
      [1, 10],
      [2, 10],
      [3, 5],
    ]);
  });

  it('cuts before texts make a block too large for a message', () => {
    const { builder, blocks } = setUp();
    for (let i = 0; i < 600; i++) builder.addText(reading({ value: 'x'.repeat(4096) }));
    builder.flush();
    expect(blocks.length).toBe(3);
    for (const { bytes } of blocks) expect(bytes.length).toBeLessThan(2 << 20);
  });

  it('joins spans that touch and keeps gaps', () => {
    const { clock, builder, decoded } = setUp();
    builder.observe(1, 100, 100);
    builder.observe(1, 100, 200);
    builder.observe(2, 150, 160);
    builder.observe(1, 200, 300);
    builder.observe(1, 900, 900);
    clock.advance(499);
    expect(decoded()).toEqual([]);
    clock.advance(1);
    expect(decoded()[0]?.observed).toEqual([
      { device: 1, fromUs: 100, untilUs: 300 },
      { device: 2, fromUs: 150, untilUs: 160 },
      { device: 1, fromUs: 900, untilUs: 900 },
    ]);
    builder.observe(1, 900, 1000);
    builder.flush();
    expect(decoded()[1]?.observed).toEqual([{ device: 1, fromUs: 900, untilUs: 1000 }]);
  });

  it('cuts sooner when a reading joins spans', () => {
    const { clock, builder, blocks } = setUp();
    builder.observe(1, 100, 200);
    builder.add(reading());
    clock.advance(100);
    expect(blocks.length).toBe(1);
  });

  it('leaves out columns that say nothing', () => {
    const { builder, decoded } = setUp();
    builder.add(reading());
    builder.flush();
    expect(decoded()[0]).toMatchObject({ status: [], flags: [], receivedDeltaUs: [], texts: [], outOfWindow: [], lost: [] });
  });

  it('tells in the next block what was lost before it', () => {
    const { builder, decoded, blocks } = setUp({ losses: [[], [lost]] });
    for (let i = 0; i < 3; i++) {
      builder.add(reading());
      builder.flush();
    }
    expect(decoded().map((block) => block.lost)).toEqual([[], [lost], []]);
    expect(blocks[1]).toMatchObject({ lost: [lost], fromUs: 1e15, untilUs: 1e15 });
  });

  it('tells what was lost soon, also when there is nothing else to tell', () => {
    const { builder, decoded, blocks, clock } = setUp({ losses: [[lost]] });
    builder.tellLost();
    clock.advance(500);
    expect(decoded()).toMatchObject([{ seq: 1, tag: [], lost: [lost] }]);
    expect(blocks[0]).toMatchObject({ readings: 0, fromUs: lost.fromUs, untilUs: lost.untilUs });
    builder.tellLost();
    clock.advance(500);
    expect(blocks.length).toBe(1);
  });

  it('knows the span of its readings and observed spans', () => {
    const { builder, blocks } = setUp();
    builder.add(reading({ timeUs: 2000 }));
    builder.addText(reading({ timeUs: 1500, value: 'on' }));
    builder.observe(1, 1600, 2600);
    builder.flush();
    expect(blocks[0]).toMatchObject({ readings: 2, fromUs: 1500, untilUs: 2600 });
  });

  it('gives back every number, time, status and flag it was given', () => {
    const timeUs = fc.integer({ min: -(10 ** 14), max: 4 * 10 ** 15 });
    const row = fc.record({
      tag: fc.integer({ min: 1, max: 2 ** 31 }),
      timeUs,
      receivedUs: timeUs,
      value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(undefined)),
      status: fc.nat(0xffff),
      flags: fc.nat(0x7fff),
      originalUs: fc.option(timeUs, { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const { builder, decoded } = setUp();
        for (const each of rows) builder.add(each);
        builder.flush();
        const block = decoded()[0]!;
        let timeUs = 0;
        const back = rows.map((_, i) => {
          timeUs += block.timeDeltaUs[i]!;
          const value = block.value[i]!;
          return {
            tag: block.tag[i],
            timeUs,
            receivedUs: timeUs + (block.receivedDeltaUs[i] ?? 0),
            value: Number.isNaN(value) ? undefined : value,
            status: block.status[i] ?? 0,
            flags: block.flags[i] ?? 0,
            originalUs: block.outOfWindow.find(({ row }) => row === i)?.originalUs,
          };
        });
        expect(back).toEqual(rows);
      }),
    );
  });

  it('needs at most 14 bytes for a reading of a polled plant', () => {
    const { builder, blocks } = setUp();
    for (let i = 0; i < 2000; i++) {
      const timeUs = 1_700_000_000_000_000 + Math.floor(i / 50) * 25_173;
      builder.add(reading({ tag: 1 + (i % 1000), timeUs, receivedUs: timeUs, value: Math.sin(i) * 100, flags: 1 << 9 }));
    }
    expect(blocks[0]!.bytes.length / 2000).toBeLessThanOrEqual(14);
  });
});
