import { describe, expect, it } from 'vitest';
import { createLiveHub } from './hub.ts';
import { liveValue as value } from './live-value.fixture.ts';

describe('the live hub', () => {
  it('keeps the last value of a tag apart by tenant', () => {
    const hub = createLiveHub();
    hub.publishValues([value('c/a', 's', 'a/d/t', 1), value('c/b', 's', 'a/d/t', 2), value('c/a', 's', 'a/d/t', 3)]);
    expect(hub.latest('c/a', 'a/d/t')?.value).toBe(3);
    expect(hub.latest('c/b', 'a/d/t')?.value).toBe(2);
    expect(hub.latest('c/c', 'a/d/t')).toBeUndefined();
  });

  it('forgets one site and no other', () => {
    const hub = createLiveHub();
    hub.publishValues([value('c/a', 's1', 'a/d/t', 1), value('c/a', 's2', 'a/e/t', 2)]);
    hub.forget('c/a', 's1');
    expect(hub.latest('c/a', 'a/d/t')).toBeUndefined();
    expect(hub.latest('c/a', 'a/e/t')?.value).toBe(2);
  });

  it('tells listeners until they leave', () => {
    const hub = createLiveHub();
    const seen: number[] = [];
    const leave = hub.onValues((values) => seen.push(values.length));
    hub.publishValues([value('c/a', 's', 'a/d/t', 1)]);
    leave();
    hub.publishValues([value('c/a', 's', 'a/d/t', 2)]);
    expect(seen).toEqual([1]);
  });
});
