import { describe, expect, it } from 'vitest';
import { containsFields, digestBinary, strip } from './fields.ts';

describe('containsFields', () => {
  it.each([
    ['what the server adds', { a: 1, b: 2 }, { a: 1 }, true],
    ['a changed value', { a: 2 }, { a: 1 }, false],
    ['a missing value', {}, { a: 1 }, false],
    ['lists of another length', { a: [1, 2] }, { a: [1] }, false],
    ['fields added within a list', { a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }] }, true],
    ['an empty object the server drops', {}, { a: {} }, true],
    ['undefined, which is not sent', {}, { a: undefined }, true],
  ])('judges %s', (_title, present, sent, expected) => {
    expect(containsFields(present, sent)).toBe(expected);
  });
});

describe('digestBinary', () => {
  it('keeps equal data equal and changed data changed, and nothing large', () => {
    const map = (text: string) => ({ kind: 'ConfigMap', binaryData: { part: text.repeat(1000) } });
    expect(digestBinary(map('a'))).toEqual(digestBinary(map('a')));
    expect(digestBinary(map('a'))).not.toEqual(digestBinary(map('b')));
    expect(JSON.stringify(digestBinary(map('a'))).length).toBeLessThan(150);
  });
});

describe('strip', () => {
  it('drops what only costs memory', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' };
    const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', managedFields: [], annotations } };
    expect(strip(object).metadata).toEqual({ name: 'a', annotations: { mine: 'yes' } });
  });
});
