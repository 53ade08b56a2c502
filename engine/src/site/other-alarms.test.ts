import { Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import { createSiteEngine } from './create-site-engine.ts';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { clock, connect, EngineDriver, observe, read, type Step, us } from '../testing/drive-engine.ts';

const bad = Status.BadCommunicationError;
const states = { '0': 'Stopped', '1': 'Running', '2': 'Fault', '3': 'Fault' };
const pump = buildDevice('pump', [
  buildTag('state', { kind: 'State', dataType: 'UInt16', states }),
  buildTag('on', { kind: 'State', dataType: 'Boolean' }),
  buildTag('mode', { kind: 'Text', dataType: 'String', states: { M: 'Manual' } }),
  buildTag('flow'),
  buildTag('slow'),
]);
const calling = buildDevice('pump', pump.tags, { communicationAlarm: { priority: 'High', onDelay: '30s' } });

type Rule = ReturnType<typeof buildRule>;
type Discrete = Omit<Extract<Rule['condition'], { type: 'Discrete' }>, 'type'>;

const discrete = (tag: string, condition: Discrete, more: Partial<Rule> = {}) =>
  buildModel([pump], [buildRule('r', { type: 'Discrete', ...condition }, [`pump/${tag}`], more)]);
const stale = buildRule('stale', { type: 'Stale', after: '10s' }, ['pump/flow']);
const quality = buildRule('quality', { type: 'Quality' }, ['pump/flow']);

interface Case {
  readonly title: string;
  readonly model: ReturnType<typeof buildModel>;
  readonly steps: readonly Step[];
  readonly story: readonly string[];
}

const came = (at: number) => `${at} condition Active UNACK`;
const went = (at: number) => `${at} condition Cleared RTNUN`;

const cases: readonly Case[] = [
  {
    title: 'discrete: by the names of states, of which several may share one',
    model: discrete('state', { alarm: ['Fault'] }),
    steps: [read(1, 'pump/state', 1), read(2, 'pump/state', 2), read(3, 'pump/state', 3), read(4, 'pump/state', 0)],
    story: [came(2), went(4)],
  },
  {
    title: 'discrete: by values',
    model: discrete('state', { alarm: ['2', '7'] }),
    steps: [read(1, 'pump/state', 3), read(2, 'pump/state', 7), read(3, 'pump/state', 2), read(4, 'pump/state', 3)],
    story: [came(2), went(4)],
  },
  {
    title: 'discrete: everything but the normal states',
    model: discrete('state', { normal: ['Running', 'Stopped'] }),
    steps: [read(1, 'pump/state', 0), read(2, 'pump/state', 99), read(3, 'pump/state', 1)],
    story: [came(2), went(3)],
  },
  {
    title: 'discrete: a Boolean by true and false',
    model: discrete('on', { alarm: ['false'] }),
    steps: [read(1, 'pump/on', 1), read(2, 'pump/on', 0), read(3, 'pump/on', 1)],
    story: [came(2), went(3)],
  },
  {
    title: 'discrete: a text by itself or by its name',
    model: discrete('mode', { alarm: ['Manual', 'Off'] }),
    steps: [read(1, 'pump/mode', 'Auto'), read(2, 'pump/mode', 'M'), read(3, 'pump/mode', 'Off'), read(4, 'pump/mode', 'Auto')],
    story: [came(2), went(4)],
  },
  {
    title: 'discrete: with delays, held under Bad quality',
    model: discrete('state', { alarm: ['Fault'] }, { onDelay: '5s' }),
    steps: [read(1, 'pump/state', 2), observe(6, 'pump'), read(7, 'pump/state', Number.NaN, bad), read(8, 'pump/state', 0)],
    story: [came(6), went(8)],
  },
  {
    title: 'discrete: comes under Bad quality where the rule asks for it',
    model: discrete('state', { alarm: ['Fault'] }, { onBadQuality: 'Alarm' }),
    steps: [read(1, 'pump/state', 1), read(2, 'pump/state', Number.NaN, bad), read(3, 'pump/state', 2), read(4, 'pump/state', 1)],
    story: [came(2), went(4)],
  },
  {
    title: 'quality: comes with a Bad reading and goes with a usable one, after its delays',
    model: buildModel([pump], [{ ...quality, onDelay: '2s', offDelay: '1s' }]),
    steps: [
      read(1, 'pump/flow', 5),
      read(2, 'pump/flow', Number.NaN, bad),
      observe(9, 'pump'),
      read(10, 'pump/flow', 5, Status.Uncertain),
      observe(15, 'pump'),
    ],
    story: [came(4), went(11)],
  },
  {
    title: 'quality: comes when the link is lost and no Bad reading tells of it, its delay by the clock',
    model: buildModel([pump], [{ ...quality, onDelay: '2s' }]),
    steps: [read(1, 'pump/flow', 5), connect(10, 'pump', false), clock(11), clock(13), connect(20, 'pump', true)],
    story: [came(12), went(20)],
  },
  {
    title: 'stale: comes when nothing was heard for so long, by the clock, and goes with the next reading',
    model: buildModel([pump], [stale]),
    steps: [read(1, 'pump/flow', 5), clock(10.9), clock(12), read(13, 'pump/flow', 5)],
    story: [came(11), went(13)],
  },
  {
    title: 'stale: a confirmation is as good as a reading, a Bad reading too',
    model: buildModel([pump], [stale]),
    steps: [
      read(1, 'pump/flow', 5),
      observe(9, 'pump'),
      clock(18),
      read(18, 'pump/flow', Number.NaN, bad),
      clock(27),
      clock(28),
      observe(29, 'pump'),
    ],
    story: [came(28), went(29)],
  },
  {
    title: 'stale: comes again after it went, and its on-delay is added',
    model: buildModel([pump], [{ ...stale, onDelay: '5s', offDelay: '3s' }]),
    steps: [clock(1), clock(15), observe(20, 'pump'), observe(22, 'pump'), observe(23, 'pump'), clock(38)],
    story: [came(15), went(23), came(38)],
  },
  {
    title: 'stale: old confirmations out of a buffer do not end it',
    model: buildModel([pump], [stale]),
    steps: [read(1, 'pump/flow', 5), clock(100), observe(50, 'pump'), read(80, 'pump/flow', 5), observe(91, 'pump')],
    story: [came(11), went(91)],
  },
  {
    title: 'communication: comes after its delay by the clock, goes at once',
    model: buildModel([calling]),
    steps: [connect(5, 'pump', false), clock(34), clock(36), connect(50, 'pump', true)],
    story: ['35 communication Active UNACK', '50 communication Cleared RTNUN'],
  },
  {
    title: 'communication: does not come when the link is back in time',
    model: buildModel([calling]),
    steps: [connect(5, 'pump', false), clock(34), connect(34.5, 'pump', true), clock(60)],
    story: [],
  },
  {
    title: 'communication: comes and goes even if the clock was not looked at meanwhile',
    model: buildModel([calling]),
    steps: [connect(5, 'pump', false), connect(50, 'pump', true)],
    story: ['35 communication Active UNACK', '50 communication Cleared RTNUN'],
  },
  {
    title: 'communication: is off with priority None and for devices without a link',
    model: buildModel([pump, buildDevice('calc', [], { protocol: 'Calculated', communicationAlarm: { priority: 'High', onDelay: '0s' } })]),
    steps: [connect(5, 'pump', false), connect(5, 'calc', false), clock(60)],
    story: [],
  },
  {
    title: 'communication: suppresses stale and quality alarms of its device, which go on being journalled',
    model: buildModel(
      [calling],
      [stale, quality, buildRule('high', { type: 'Limit', mode: 'NonExclusive', limits: { high: buildLimit(10) } }, ['pump/flow'])],
    ),
    steps: [read(1, 'pump/flow', 5), connect(2, 'pump', false), clock(40), read(50, 'pump/flow', 20), connect(51, 'pump', true)],
    story: [
      '2 condition Active UNACK',
      '32 communication Active UNACK',
      '11 condition Active DSUPR',
      '50 condition Cleared DSUPR',
      '50 condition Cleared DSUPR',
      '50 high Active UNACK',
      '51 communication Cleared RTNUN',
    ],
  },
];

describe('alarms of other conditions', () => {
  it.each(cases)('$title', ({ model, steps, story }) => {
    expect(new EngineDriver(model).run(...steps).story).toEqual(story);
  });

  it('show what was suppressed again when the link is back', () => {
    const driver = new EngineDriver(buildModel([calling], [quality]));
    driver.run(read(1, 'pump/flow', Number.NaN, bad), connect(2, 'pump', false), clock(40));
    expect(driver.rows.find(({ rule }) => rule === 'quality')).toMatchObject({ active: true, suppressed: true, version: 2 });
    driver.run(connect(50, 'pump', true));
    expect(driver.rows.find(({ rule }) => rule === 'quality')).toMatchObject({ active: true, suppressed: false, version: 3 });
  });

  it('say what happened: the state by its name, the status of a bad value', () => {
    const driver = new EngineDriver(discrete('state', { alarm: ['Fault'] }, { onBadQuality: 'Alarm' }));
    driver.run(read(1, 'pump/state', 2), read(2, 'pump/state', 1), read(3, 'pump/state', Number.NaN, bad));
    expect(driver.journal.map(({ message }) => message)).toEqual([
      'pump state Fault',
      'pump state Fault',
      'pump state BadCommunicationError',
    ]);
  });

  it('go on counting until a tag is stale from what was stored, over restarts', () => {
    const driver = new EngineDriver(buildModel([pump], [stale])).run(read(1, 'pump/flow', 5), observe(4, 'pump'), clock(8));
    driver.restart().run(clock(13)).restart().run(clock(14));
    expect(driver.story).toEqual(['14 condition Active UNACK']);
    driver.restart().run(clock(30)).restart();
    expect(driver.story).toEqual(['14 condition Active UNACK']);
    const silent = new EngineDriver(buildModel([pump], [stale])).run(clock(20)).restart().run(clock(25));
    expect(silent.story).toEqual(['10 condition Active UNACK']);
  });

  it('give collectors time to come after a start before a tag counts as stale', () => {
    const start = { model: buildModel([pump], [stale]), alarms: [], epoch: 1, nowUs: us(100), staleFromUs: us(110) };
    const latest = [{ device: 'pump', tag: 'flow', timeUs: us(1), value: 5, status: 0, flags: 0 }];
    const engine = createSiteEngine({ ...start, latest });
    expect(engine.nextDeadlineUs()).toBe(us(110));
    engine.advance(us(109));
    expect(engine.takeChanges().transitions).toEqual([]);
    engine.advance(us(110));
    expect(engine.takeChanges().transitions).toMatchObject([{ kind: 'Active', timeUs: us(11), cause: `clock:1:${us(11)}` }]);
    const back = createSiteEngine({ ...start, latest });
    back.observed('pump', us(105), 'run:1:pump');
    back.advance(us(114));
    expect(back.takeChanges().transitions).toEqual([]);
  });

  it('tell when the clock has to be looked at next', () => {
    const driver = new EngineDriver(buildModel([calling], [stale]));
    expect(driver.engine.nextDeadlineUs()).toBe(us(10));
    driver.run(read(1, 'pump/flow', 1), clock(10));
    expect(driver.engine.nextDeadlineUs()).toBe(us(11));
    driver.run(clock(11));
    expect(driver.engine.nextDeadlineUs()).toBeUndefined();
    driver.run(connect(12, 'pump', false));
    expect(driver.engine.nextDeadlineUs()).toBe(us(42));
    driver.run(clock(42), connect(43, 'pump', true), observe(44, 'pump'));
    expect(driver.engine.nextDeadlineUs()).toBe(us(54));
  });
});
