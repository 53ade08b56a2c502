import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, limitText, MAX_TEXT_BYTES } from './decode-text.ts';

describe('decodeText', () => {
  it('ends at the first NUL', () => expect(decodeText(Buffer.from('ab\0cd'))).toBe('ab'));
  it('is empty when the field begins with NUL', () => expect(decodeText(Buffer.from([0, 65]))).toBe(''));
  it('replaces invalid UTF-8', () => expect(decodeText(Buffer.from([65, 0xff, 66]))).toBe('A\ufffdB'));
});

/** Code points of one to four bytes, NUL and lone surrogates among them. */
const anyCodePoint = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 5, arbitrary: fc.integer({ min: 0x80, max: 0x10ffff }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0xd800, 0xdfff) },
);
const anyText = fc.array(anyCodePoint, { maxLength: 40 }).map((codePoints) => String.fromCodePoint(...codePoints));

describe('limitText', () => {
  it('gives well-formed text without NUL within the limit, whatever comes', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 300 }), (piece, times) => {
        const text = piece.repeat(times); // drawing thousands of characters one by one takes seconds
        const { text: limited, truncated } = limitText(text);
        expect(limited.isWellFormed()).toBe(true);
        expect(limited).not.toContain('\0');
        expect(Buffer.byteLength(limited)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
        if (truncated) expect(Buffer.byteLength(limited)).toBeGreaterThan(MAX_TEXT_BYTES - 4);
      }),
      { numRuns: 100 },
    );
  });
});
