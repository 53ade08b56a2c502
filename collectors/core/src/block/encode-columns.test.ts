import { Block } from '@kubeplant/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, MAX_HEADERS_BYTES, MAX_ROW_BYTES } from './encode-columns.ts';

const deltaUs = fc.oneof(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), fc.integer({ min: -300, max: 300 }));
const row = fc.record({
  tag: fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  timeDeltaUs: deltaUs,
  value: fc.double(),
  status: fc.nat(0xffff),
  flags: fc.nat(0x7fff_ffff),
  receivedDeltaUs: deltaUs,
});

describe('encodeColumns', () => {
  it('writes what the generated codec writes, with and without the columns that may be empty', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.boolean(), (rows, whole) => {
        const target = Buffer.alloc(rows.length * MAX_ROW_BYTES + MAX_HEADERS_BYTES);
        const columns = {
          rows: rows.length,
          tag: Uint32Array.from(rows, ({ tag }) => tag),
          timeDeltaUs: Float64Array.from(rows, (one) => one.timeDeltaUs),
          value: Float64Array.from(rows, ({ value }) => value),
          status: whole ? Uint16Array.from(rows, ({ status }) => status) : undefined,
          flags: whole ? Uint32Array.from(rows, ({ flags }) => flags) : undefined,
          receivedDeltaUs: whole ? Float64Array.from(rows, (one) => one.receivedDeltaUs) : undefined,
        };
        const encoded = target.subarray(0, encodeColumns(columns, target));
        const message: Block = {
          ...Block.decode(new Uint8Array()),
          tag: [...columns.tag],
          timeDeltaUs: [...columns.timeDeltaUs],
          value: [...columns.value],
          status: [...(columns.status ?? [])],
          flags: [...(columns.flags ?? [])],
          receivedDeltaUs: [...(columns.receivedDeltaUs ?? [])],
        };
        expect(encoded.equals(Block.encode(message).finish())).toBe(true);
      }),
    );
  });

  it('has room for the largest block there is', () => {
    const rows = 2000;
    const target = Buffer.alloc(rows * MAX_ROW_BYTES + MAX_HEADERS_BYTES);
    const furthest = new Float64Array(rows).fill(-(2 ** 52) + 1);
    const size = encodeColumns(
      {
        rows,
        tag: new Uint32Array(rows).fill(2 ** 32 - 1),
        timeDeltaUs: furthest,
        value: furthest,
        status: new Uint16Array(rows).fill(0xffff),
        flags: new Uint32Array(rows).fill(2 ** 32 - 1),
        receivedDeltaUs: furthest,
      },
      target,
    );
    expect(Block.decode(target.subarray(0, size)).receivedDeltaUs.at(-1)).toBe(-(2 ** 52) + 1);
  });
});
