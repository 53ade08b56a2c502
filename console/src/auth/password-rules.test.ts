import { describe, expect, it } from 'vitest';
import { passwordRules } from './password-rules.ts';

const met = (password: string) => passwordRules(password, 'admin').map((rule) => rule.met);

describe('the rules shown for a new password', () => {
  it.each([
    ['', [false, false, false]],
    ['short', [false, true, true]],
    ['aaaaaaaaaaaaaa', [true, false, true]],
    ['Admin-of-the-plant', [true, true, false]],
    ['copper lamp river stone', [true, true, true]],
  ])('%j', (password, expected) => expect(met(password)).toEqual(expected));
});
