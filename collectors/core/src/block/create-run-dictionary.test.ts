import { describe, expect, it } from 'vitest';
import { createRunDictionary } from './create-run-dictionary.ts';

const tag = (name: string, more: { readonly text?: boolean; readonly simulated?: boolean } = {}) => ({
  name,
  text: false,
  simulated: false,
  ...more,
});

describe('createRunDictionary', () => {
  it('gives a tag one number for the whole run, in whatever order devices are asked for', () => {
    const dictionary = createRunDictionary('01RUN');
    const asked = ['a', 'b', 'a', 'c', 'b', 'a'];
    const numbers = () => asked.map((device) => [tag('x'), tag('y'), tag('x', { text: true })].map((one) => dictionary.tagId(device, one)));
    const first = numbers();
    expect(new Set(first.flat()).size).toBe(9);
    expect(first[2]).toEqual(first[0]);
    expect(first[4]).toEqual(first[1]);
    expect(dictionary.deviceId('b')).toBe(2);
    expect(numbers()).toEqual(first);
    expect(dictionary.size).toBe(12);
  });

  it('gives another number where it stands for something else, and tells all of them once', () => {
    const dictionary = createRunDictionary('01RUN');
    const kinds = [{}, { text: true }, { simulated: true }, { text: true, simulated: true }];
    expect(kinds.map((kind) => dictionary.tagId('a', tag('x', kind)))).toEqual([1, 2, 3, 4]);
    dictionary.deviceId('b');
    expect(kinds.map((kind) => dictionary.tagId('a', tag('x', kind)))).toEqual([1, 2, 3, 4]);
    expect(dictionary.messagesAfter(0)).toEqual([
      {
        run: '01RUN',
        devices: [
          { id: 1, device: 'a' },
          { id: 2, device: 'b' },
        ],
        tags: kinds.map((kind, index) => ({ id: index + 1, device: 1, tag: 'x', ...{ text: false, simulated: false, ...kind } })),
      },
    ]);
    expect(dictionary.messagesAfter(6)).toEqual([]);
  });
});
