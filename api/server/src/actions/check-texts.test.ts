import { describe, expect, it } from 'vitest';
import { checkTexts } from './check-texts.ts';

/** Objects in objects, without recursion. */
function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

describe('what no schema sees', () => {
  it('is named with its field: U+0000 in a text, at any depth, and in a key', () => {
    expect(() => checkTexts({ comment: 'a\0b' })).toThrow('comment contains the character U+0000; leave it out');
    expect(() => checkTexts({ alarms: [{ id: 'fine' }, { id: '\0' }] })).toThrow('alarms.1.id contains');
    expect(() => checkTexts({ resource: { 'a\0': 1 } })).toThrow('resource contains');
  });

  it('is nesting beyond 64 levels, however deep', () => {
    expect(() => checkTexts({ spec: nest(60) })).not.toThrow();
    expect(() => checkTexts({ spec: nest(70) })).toThrow('nested more than 64 levels');
    expect(() => checkTexts({ spec: nest(500_000) })).toThrow('nested more than 64 levels');
  });

  it('lets every other text through', () => {
    expect(() => checkTexts({ a: '😀\u202e\ud800\t\n', b: null, c: [1, true], d: undefined })).not.toThrow();
  });
});
