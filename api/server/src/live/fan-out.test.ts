import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveValue } from '../ports.ts';
import { createFanOut, type FanOut, TICK_MS, type ValueSubscriber } from './fan-out.ts';
import { createLiveHub } from './hub.ts';
import { liveValue } from './live-value.fixture.ts';

const TENANT = 'local/default';

const value = (path: string, number: number, more: Partial<LiveValue> = {}): LiveValue => liveValue(TENANT, 's', path, number, more);

/** Keeps the values of each message. */
function createListener(): ValueSubscriber & { readonly messages: unknown[][] } {
  const messages: unknown[][] = [];
  return { messages, takeFragments: (fragments) => messages.push(JSON.parse(`[${fragments}]`)) };
}

describe('the fan-out', () => {
  const hub = createLiveHub();
  let fanOut: FanOut;
  beforeEach(() => {
    vi.useFakeTimers();
    fanOut = createFanOut(hub, () => performance.now());
  });
  afterEach(() => {
    fanOut.close();
    vi.useRealTimers();
  });

  it('tells each subscriber of its tags only, the newest value once a tick', () => {
    const [one, two] = [createListener(), createListener()];
    expect(fanOut.follow(TENANT, 'a', one)).toBe(1);
    expect(fanOut.follow(TENANT, 'b', one)).toBe(2);
    expect(fanOut.follow(TENANT, 'b', two)).toBe(2);
    expect(fanOut.follow('other/tenant', 'a', two)).toBe(3);
    hub.publishValues([value('b', 1), value('a', 2)]);
    hub.publishValues([value('b', 3), value('nobody follows', 4)]);
    vi.advanceTimersByTime(TICK_MS);
    expect(one.messages).toEqual([
      [
        [1, 2, 2, 0],
        [2, 3, 3, 0],
      ],
    ]);
    expect(two.messages).toEqual([[[2, 3, 3, 0]]]);
    vi.advanceTimersByTime(10 * TICK_MS);
    expect(one.messages).toHaveLength(1);
  });

  it('tells a change at once when nothing was told of late, and of many the newest each tick', () => {
    const one = createListener();
    fanOut.follow(TENANT, 'a', one);
    hub.publishValues([value('a', 1)]);
    vi.advanceTimersByTime(1);
    expect(one.messages).toEqual([[[1, 1, 1, 0]]]);
    for (let number = 2; number <= 22; number += 1) {
      hub.publishValues([value('a', number)]);
      vi.advanceTimersByTime(TICK_MS / 10);
    }
    expect(one.messages.map(([first]) => first)).toEqual([
      [1, 1, 1, 0],
      [1, 11, 11, 0],
      [1, 21, 21, 0],
    ]);
  });

  it('says of any set of tags and any set of changes what changed, each tag once, text and flags with it', () => {
    // Each follows every tag whose number has the bit; each tick changes those whose number has another.
    const followers = Array.from({ length: 6 }, createListener);
    const paths = Array.from({ length: 64 }, (_, tag) => `tag-${tag}`);
    const ids = paths.map((path, tag) => {
      const follows = followers.filter((_, bit) => tag & (1 << bit)).map((follower) => fanOut.follow(TENANT, path, follower));
      return follows[0];
    });
    for (let tick = 0; tick < 6; tick += 1) {
      const isChanged = (tag: number): boolean => (tag & (1 << tick)) !== 0;
      const shown = (tag: number): Partial<LiveValue> => (tag % 5 === 0 ? { text: `größer, "${tag}"`, flags: 2 } : {});
      hub.publishValues(paths.flatMap((path, tag) => (isChanged(tag) ? [value(path, tag, shown(tag))] : [])));
      vi.advanceTimersByTime(TICK_MS);
      for (const [bit, { messages }] of followers.entries()) {
        const expected = paths.flatMap((_, tag) =>
          isChanged(tag) && tag & (1 << bit) ? [tag % 5 === 0 ? [ids[tag], tag, shown(tag).text, 0, 2] : [ids[tag], tag, tag, 0]] : [],
        );
        expect(messages[tick]).toEqual(expected);
      }
    }
  });

  it('no longer tells who left, and gives a tag that is followed anew another id', () => {
    const [one, two] = [createListener(), createListener()];
    fanOut.follow(TENANT, 'a', one);
    fanOut.follow(TENANT, 'a', one);
    fanOut.follow(TENANT, 'b', one);
    fanOut.follow(TENANT, 'b', two);
    hub.publishValues([value('a', 1), value('b', 1)]);
    fanOut.leave(TENANT, 'a', one);
    fanOut.leave(TENANT, 'b', two);
    fanOut.leave(TENANT, 'b', two);
    vi.advanceTimersByTime(TICK_MS);
    expect(one.messages).toEqual([[[2, 1, 1, 0]]]);
    expect(two.messages).toEqual([]);
    expect(fanOut.follow(TENANT, 'a', two)).toBe(3);
  });
});
