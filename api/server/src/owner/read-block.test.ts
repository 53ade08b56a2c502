import { Block } from '@kubeplant/proto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readBlock } from './read-block.ts';

const good = {
  ...Block.decode(new Uint8Array()),
  run: '01HZX',
  seq: 3,
  tag: [1, 2],
  timeDeltaUs: [1_700_000_000_000_000, 5],
  value: [1.5, Number.NaN],
};
const encode = (block: Block) => Block.encode(block).finish();

it('takes a block whose columns agree', () => {
  expect(readBlock(encode(good))).toMatchObject({ kind: 'block', block: { seq: 3, tag: [1, 2] } });
});

it.each([
  ['a missing time', { timeDeltaUs: [1] }, /1 times for 2 readings/],
  ['a missing value', { value: [] }, /0 values for 2 readings/],
  ['a short status column', { status: [1] }, /1 entries of status/],
  ['a status beyond 16 bits', { status: [0, 70_000] }, /beyond 16 bits/],
  ['flags beyond 15 bits', { flags: [0, 40_000] }, /beyond 15 bits/],
])('refuses %s, keeping run and seq so that it can be acknowledged', (_name, change, reason) => {
  const read = readBlock(encode({ ...good, ...change }));
  expect(read).toMatchObject({ kind: 'malformed', run: '01HZX', seq: 3 });
  expect(read.kind === 'malformed' && read.reason).toMatch(reason);
});

it.each([{ run: '' }, { seq: 0 }])('names no run and seq where %o is no identity', (change) => {
  const read = readBlock(encode({ ...good, ...change }));
  expect(read.kind).toBe('malformed');
  expect(read).not.toHaveProperty('run');
});

it('ends in one of the two outcomes for any bytes, and for any cut or changed block', () => {
  const bytes = encode(good);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => ['block', 'malformed'].includes(readBlock(any).kind)));
  for (let cut = 0; cut < bytes.length; cut += 1) expect(['block', 'malformed']).toContain(readBlock(bytes.subarray(0, cut)).kind);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = byte;
      return ['block', 'malformed'].includes(readBlock(changed).kind);
    }),
  );
});
