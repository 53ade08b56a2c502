import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, limitText, MAX_TEXT_BYTES } from './decode-text.ts';

describe('decodeText', () => {
  it('ends at the first NUL', () => expect(decodeText(Buffer.from('ab\0cd'))).toBe('ab'));
  it('is empty when the field begins with NUL', () => expect(decodeText(Buffer.from([0, 65]))).toBe(''));
  it('replaces invalid UTF-8', () => expect(decodeText(Buffer.from([65, 0xff, 66]))).toBe('A\ufffdB'));
});

describe('limitText', () => {
  it('gives well-formed text without NUL within the limit, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6000, size: 'max' }), (text) => {
        const { text: limited, truncated } = limitText(text);
        expect(limited.isWellFormed()).toBe(true);
        expect(limited).not.toContain('\0');
        expect(Buffer.byteLength(limited)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
        if (truncated) expect(Buffer.byteLength(limited)).toBeGreaterThan(MAX_TEXT_BYTES - 4);
      }),
      { numRuns: 50 },
    );
  });
});
