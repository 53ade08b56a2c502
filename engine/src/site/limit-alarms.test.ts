import { Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { EngineDriver, observe, read, type Step } from '../testing/drive-engine.ts';

const tag = 'tank/level';
const device = buildDevice('tank', [buildTag('level', { unit: 'm' })]);
const bad = Status.BadCommunicationError;

type Rule = ReturnType<typeof buildRule>;
type LimitCondition = Extract<Rule['condition'], { type: 'Limit' }>;

const limitModel = (limits: LimitCondition['limits'], mode: 'Exclusive' | 'NonExclusive' = 'NonExclusive', more: Partial<Rule> = {}) =>
  buildModel([device], [buildRule('level', { type: 'Limit', mode, limits }, [tag], more)]);

const values = (...pairs: readonly (readonly [number, number])[]): Step[] => pairs.map(([at, value]) => read(at, tag, value));

interface Case {
  readonly title: string;
  readonly model: ReturnType<typeof limitModel>;
  readonly steps: readonly Step[];
  readonly story: readonly string[];
}

const high = buildLimit(10);
const delayed = buildLimit(10, { onDelay: '5s' });

const cases: readonly Case[] = [
  {
    title: 'comes beyond the limit, not at it, and goes at the limit',
    model: limitModel({ high }),
    steps: values([1, 10], [2, 10.1], [3, 12], [4, 10]),
    story: ['2 high Active UNACK', '4 high Cleared RTNUN'],
  },
  {
    title: 'comes below a low limit and goes at it',
    model: limitModel({ low: buildLimit(2) }),
    steps: values([1, 2], [2, 1.9], [3, 2]),
    story: ['2 low Active UNACK', '3 low Cleared RTNUN'],
  },
  {
    title: 'goes only beyond the deadband',
    model: limitModel({ high: buildLimit(10, { deadband: 1 }), low: buildLimit(2, { deadband: 0.5 }) }),
    steps: values([1, 11], [2, 9.5], [3, 9], [4, 1], [5, 2.4], [6, 2.5]),
    story: ['1 high Active UNACK', '3 high Cleared RTNUN', '4 low Active UNACK', '6 low Cleared RTNUN'],
  },
  {
    title: 'comes at the end of the on-delay, though the next reading is later',
    model: limitModel({ high: delayed }),
    steps: values([1, 11], [4, 12], [20, 9]),
    story: ['6 high Active UNACK', '20 high Cleared RTNUN'],
  },
  {
    title: 'does not come when the value returns within the on-delay',
    model: limitModel({ high: delayed }),
    steps: values([1, 11], [5, 9], [7, 11], [11, 9]),
    story: [],
  },
  {
    title: 'comes by confirmation alone, when the value stays as it is',
    model: limitModel({ high: delayed }),
    steps: [read(1, tag, 11), observe(5, 'tank'), observe(6, 'tank'), observe(7, 'tank')],
    story: ['6 high Active UNACK'],
  },
  {
    title: 'is not brought on by the confirmation of another device, or by an older one',
    model: buildModel([device, buildDevice('other', [])], limitModel({ high: delayed }).rules),
    steps: [observe(5, 'tank'), read(1, tag, 11), observe(60, 'other'), observe(4, 'tank')],
    story: [],
  },
  {
    title: 'goes at the end of the off-delay, unless the value is back beyond before',
    model: limitModel({ high }, 'NonExclusive', { offDelay: '10s' }),
    steps: values([1, 11], [2, 9], [8, 11], [20, 9], [35, 9]),
    story: ['1 high Active UNACK', '30 high Cleared RTNUN'],
  },
  {
    title: 'has an alarm for each limit when they are not exclusive',
    model: limitModel({ high, highHigh: buildLimit(20) }),
    steps: values([1, 25], [2, 15], [3, 5]),
    story: ['1 highHigh Active UNACK', '1 high Active UNACK', '2 highHigh Cleared RTNUN', '3 high Cleared RTNUN'],
  },
  {
    title: 'shows only the outermost of exclusive limits, up and down again',
    model: limitModel({ high, highHigh: buildLimit(20) }, 'Exclusive'),
    steps: values([1, 15], [2, 25], [3, 15], [4, 5]),
    story: [
      '1 high Active UNACK',
      '2 highHigh Active UNACK',
      '2 high Cleared RTNUN',
      '3 highHigh Cleared RTNUN',
      '3 high Active UNACK',
      '4 high Cleared RTNUN',
    ],
  },
  {
    title: 'covers the on-delay of an exclusive outer limit with the inner one',
    model: limitModel({ high, highHigh: buildLimit(20, { onDelay: '5s' }) }, 'Exclusive'),
    steps: [read(1, tag, 25), observe(6, 'tank'), read(8, tag, 15)],
    story: ['1 high Active UNACK', '6 highHigh Active UNACK', '6 high Cleared RTNUN', '8 highHigh Cleared RTNUN', '8 high Active UNACK'],
  },
  {
    title: 'does not wait again for the inner limit that was only held back',
    model: limitModel({ high: delayed, highHigh: buildLimit(20) }, 'Exclusive'),
    steps: values([1, 15], [7, 25], [8, 15], [9, 25], [10, 5], [11, 25], [12, 15]),
    story: [
      '6 high Active UNACK',
      '7 highHigh Active UNACK',
      '7 high Cleared RTNUN',
      '8 highHigh Cleared RTNUN',
      '8 high Active UNACK',
      '9 highHigh Active UNACK',
      '9 high Cleared RTNUN',
      '10 highHigh Cleared RTNUN',
      '11 highHigh Active UNACK',
      '12 highHigh Cleared RTNUN',
    ],
  },
  {
    title: 'gives way to the inner limit at the end of the outer off-delay',
    model: limitModel({ low: buildLimit(5), lowLow: buildLimit(2) }, 'Exclusive', { offDelay: '4s' }),
    steps: [read(1, tag, 1), read(2, tag, 3), observe(10, 'tank')],
    story: ['1 lowLow Active UNACK', '6 lowLow Cleared RTNUN', '6 low Active UNACK'],
  },
  {
    title: 'holds under Bad quality, and the delay does not run meanwhile',
    model: limitModel({ high: delayed }),
    steps: [
      read(1, tag, 11),
      read(3, tag, Number.NaN, bad),
      observe(30, 'tank'),
      read(31, tag, 11),
      read(32, tag, Number.NaN, bad),
      read(33, tag, 9),
    ],
    story: ['31 high Active UNACK', '33 high Cleared RTNUN'],
  },
  {
    title: 'takes a number that is none as no value, whatever its status',
    model: limitModel({ high }),
    steps: [read(1, tag, Number.NaN), read(2, tag, Number.POSITIVE_INFINITY), read(3, tag, Number.NEGATIVE_INFINITY)],
    story: [],
  },
  {
    title: 'uses an Uncertain value like a Good one',
    model: limitModel({ high }),
    steps: [read(1, tag, 11, Status.Uncertain)],
    story: ['1 high Active UNACK'],
  },
  {
    title: 'tells of Bad quality by the most urgent limit alone where the rule asks for it',
    model: limitModel({ high, highHigh: buildLimit(20, { priority: 'Critical' }), low: buildLimit(1) }, 'NonExclusive', {
      onBadQuality: 'Alarm',
    }),
    steps: [read(1, tag, 5), read(2, tag, Number.NaN, bad), read(3, tag, 5)],
    story: ['2 highHigh Active UNACK', '3 highHigh Cleared RTNUN'],
  },
  {
    title: 'needs no acknowledgement where the rule says so',
    model: limitModel({ high }, 'NonExclusive', { acknowledge: 'NotRequired' }),
    steps: values([1, 11], [2, 9]),
    story: ['1 high Active ACKED', '2 high Cleared NORM'],
  },
  {
    title: 'does not look at readings older than the newest, but at others of the same time',
    model: limitModel({ high }),
    steps: values([5, 9], [4, 11], [5, 12]),
    story: ['5 high Active UNACK'],
  },
];

describe('limit alarms', () => {
  it.each(cases)('$title', ({ model, steps, story }) => {
    expect(new EngineDriver(model).run(...steps).story).toEqual(story);
  });

  it('say what happened in the words of the rule', () => {
    const driver = new EngineDriver(limitModel({ high })).run(read(1, tag, 11.123456789));
    expect(driver.journal[0]).toMatchObject({
      message: 'tank level is 11.1235 m, limit 10',
      value: 11.123456789,
      status: 0,
      cause: 'run:1:0',
    });
    expect(driver.rows[0]).toMatchObject({
      active: true,
      version: 1,
      value: 11.123456789,
      activeTimeUs: 1e6,
      priority: 'High',
      rule: 'level',
    });
  });

  it('get a new occurrence each time, and unlike ids for unlike rows', () => {
    const driver = new EngineDriver(limitModel({ high })).run(...values([1, 11], [1, 9], [1, 11], [1, 9]));
    expect(new Set(driver.journal.map(({ id }) => id)).size).toBe(4);
    expect(new Set(driver.journal.map(({ occurrence }) => occurrence)).size).toBe(2);
    expect(driver.rows[0]?.version).toBe(4);
  });
});
