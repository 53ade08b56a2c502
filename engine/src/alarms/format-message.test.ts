import { Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import { formatMessage, type MessageFacts } from './format-message.ts';

const facts: MessageFacts = {
  device: 'tank',
  tag: 'level',
  unit: 'm',
  limit: '4',
  states: { '1': 'Open' },
  value: 4.25,
  text: undefined,
  status: 0,
};

describe('formatMessage', () => {
  it.each<[string, Partial<MessageFacts>, string]>([
    ['$(device) $(tag) is $(value) $(unit), limit $(limit)', {}, 'tank level is 4.25 m, limit 4'],
    ['$(value) $(unit).', { unit: '' }, '4.25.'],
    ['is $(value)', { value: 1 }, 'is Open'],
    ['is $(value)', { text: 'on', value: Number.NaN }, 'is on'],
    ['is $(value)', { text: '1', value: Number.NaN }, 'is Open'],
    ['is $(value)', { value: Number.NaN, status: Status.BadTimeout }, 'is BadTimeout'],
    ['is $(value)', { value: 1 / 3 }, 'is 0.333333'],
    ['is $(value)', { value: 12_345_678.9 }, 'is 12345679'],
    ['is $(value)', { value: 123_456_789_012 }, 'is 123456789012'],
    ['$(other) {value} $(VALUE) $value', {}, '$(other) {value} $(VALUE) $value'],
    ['$(device)', { device: '$(tag) $&' }, '$(tag) $&'],
    ['', {}, ''],
  ])('makes of %j with %j: %j', (template, more, message) => {
    expect(formatMessage(template, { ...facts, ...more })).toBe(message);
  });
});
