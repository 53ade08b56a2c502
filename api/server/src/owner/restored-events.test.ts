import { describe, expect, it } from 'vitest';
import { createRestoredCheck } from './restored-events.ts';
import { createShardLink, progressOfRun } from './shard-link.ts';

const NOW_US = 1_790_000_000_000_000;

/** What is journalled of a collector of shard `s` that was told so much of `run-1`, of which 1 to 10 are stored. */
function check(told: readonly { readonly first: number; readonly last: number }[], isJournalled = false) {
  const link = createShardLink('s');
  progressOfRun(link, 'run-1').committed.add(1, 10);
  const restored = createRestoredCheck({ links: new Map([['s', link]]), newestUs: NOW_US - 1, isJournalled });
  return restored({ shard: 's', committed: [{ run: 'run-1', committed: [...told] }] }, NOW_US);
}

describe('what a collector was told is committed', () => {
  it('tells of a restored database when it is not all there, and of nothing else', () => {
    expect(check([{ first: 1, last: 12 }])).toMatchObject([{ kind: 'HistoryRestored', details: { blocks: 2, fromUs: NOW_US - 1 } }]);
    expect(check([{ first: 2, last: 9 }])).toEqual([]);
    expect(check([])).toEqual([]);
    expect(check([{ first: 1, last: 12 }], true)).toEqual([]);
  });

  it('is looked at as far as an honest collector would say it', () => {
    const stored = Array.from({ length: 200_000 }, () => ({ first: 3, last: 3 }));
    expect(check([...stored, { first: 99, last: 99 }])).toEqual([]);
  });
});
