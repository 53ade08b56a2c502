import { describe, expect, it } from 'vitest';
import { guardLocale } from './guard-locale.ts';

describe('the language of the browser', () => {
  it('stays when Intl knows it', () => {
    const target = { language: 'de-AT' };
    guardLocale(target);
    expect(target.language).toBe('de-AT');
  });

  it('becomes en-GB when Intl would throw on it', () => {
    const target = { language: 'en-US@posix' };
    guardLocale(target);
    expect(target.language).toBe('en-GB');
    expect(() => new Intl.NumberFormat(target.language)).not.toThrow();
  });
});
