import { describe, expect, it } from 'vitest';
import { formatTrendState, MAX_PENS, parseTrendState, toFixedSpan } from './trend-state.ts';

const parse = (query: string) => parseTrendState(new URLSearchParams(query));

describe('a trend in its address', () => {
  it('comes back as it was', () => {
    for (const query of [
      'pens=default/a/b,default/c/FIC-101.PV:1&right=default/a/b&range=8h',
      'pens=default/a/b&from=2026-11-21T09:00:00.000Z&to=2026-11-21T10:00:00.000Z',
    ]) {
      const state = parse(query);
      expect(parse(new URLSearchParams(formatTrendState(state)).toString())).toEqual(state);
    }
  });

  it('drops what is no tag, what is double, and what is too many', () => {
    expect(parse('pens=nonsense,default/a/b,default/a/b,../x/y').pens).toEqual([{ path: 'default/a/b', axis: 'left' }]);
    expect(parse(`pens=${Array.from({ length: 12 }, (_, n) => `default/a/t${n}`).join(',')}`).pens).toHaveLength(MAX_PENS);
  });

  it('is the last hour where the span makes no sense', () => {
    for (const query of ['', 'range=toString', 'from=2026-11-21T10:00:00Z&to=2026-11-21T09:00:00Z', 'from=x&to=y'])
      expect(parse(query).span).toEqual({ kind: 'live', range: '1h' });
  });
});

describe('a fixed span', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  it('is put in order and kept from being too short', () => {
    expect(toFixedSpan(now - 1000, now - 60_000, now)).toEqual({ kind: 'fixed', fromMs: now - 60_000, toMs: now - 1000 });
    expect(toFixedSpan(now - 500, now, now)).toEqual({ kind: 'fixed', fromMs: now - 2000, toMs: now });
  });

  it('does not move into the future by more than a tenth', () => {
    expect(toFixedSpan(now, now + 10_000, now)).toEqual({ kind: 'fixed', fromMs: now - 9000, toMs: now + 1000 });
  });
});
