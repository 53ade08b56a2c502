import { describe, expect, it } from 'vitest';
import { formatReason } from './reason.ts';

describe('reasons', () => {
  it.each([
    ['CollectorUnavailable', 'Collector unavailable'],
    ['Flowing', 'Flowing'],
    ['BadCommunicationError', 'Bad communication error'],
    ['', ''],
  ])('%j reads %j', (reason, text) => expect(formatReason(reason)).toBe(text));
});
