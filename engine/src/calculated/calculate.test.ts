import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import { createSiteEngine } from '../site/create-site-engine.ts';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { clock, EngineDriver, observe, read, type Step } from '../testing/drive-engine.ts';

const bad = Status.BadCommunicationError;
const calculate: Step = { kind: 'calculate' };
const fields = [buildDevice('a', [buildTag('x'), buildTag('text', { dataType: 'String' })]), buildDevice('b', [buildTag('y')])];
const site = (tags: readonly EffectiveTag[], rules: ReturnType<typeof buildRule>[] = []) =>
  buildModel([...fields, buildDevice('calc', tags, { protocol: 'Calculated' })], rules);
const sum = buildTag('sum', { expression: "tag('a','x') + tag('b','y')" });
const told = (driver: EngineDriver) => driver.calculated.map(({ tag, timeUs, value, status }) => [tag, timeUs / 1e6, value, status]);

describe('calculated tags', () => {
  it('have the time of the newest input and the worst status', () => {
    const driver = new EngineDriver(site([sum])).run(
      read(1, 'a/x', 1),
      read(3, 'b/y', 2, Status.UncertainInitialValue),
      calculate,
      read(2, 'a/x', 5),
      calculate,
    );
    expect(told(driver)).toEqual([
      ['sum', 3, 3, Status.UncertainInitialValue],
      ['sum', 3, 7, Status.UncertainInitialValue],
    ]);
  });

  it('are computed once however many inputs changed, and not at all when none did', () => {
    const driver = new EngineDriver(site([sum])).run(read(1, 'a/x', 1), read(2, 'b/y', 2), read(3, 'a/x', 4), calculate, calculate);
    expect(told(driver)).toEqual([['sum', 3, 6, 0]]);
  });

  it('have no value when an input is Bad, missing or a text', () => {
    const text = buildTag('of-text', { expression: "tag('a','text') + 1" });
    const missing = buildTag('of-missing', { expression: "tag('a','x') + tag('nobody','z')" });
    const driver = new EngineDriver(site([sum, text, missing]));
    driver.run(read(1, 'a/x', 1), calculate, read(2, 'b/y', Number.NaN, bad), calculate, read(3, 'a/text', 'on'), calculate);
    expect(told(driver)).toEqual([
      ['sum', 1, Number.NaN, Status.BadWaitingForInitialData],
      ['of-missing', 1, Number.NaN, Status.BadConfigurationError],
      ['sum', 2, Number.NaN, bad],
      ['of-text', 3, Number.NaN, Status.BadTypeMismatch],
    ]);
  });

  it('are computed after the calculated tags they read, in the same call', () => {
    const driver = new EngineDriver(site([buildTag('double', { expression: "2 * tag('sum')" }), sum])).run(
      read(1, 'a/x', 1),
      read(1, 'b/y', 2),
      calculate,
    );
    expect(told(driver)).toEqual([
      ['sum', 1, 3, 0],
      ['double', 1, 6, 0],
    ]);
  });

  it.each([
    ["tag('a','x') / 0", {}, 5, Number.NaN, Status.BadOutOfRange, 0],
    ["tag('a','x') > 3", { dataType: 'Boolean' }, 5, 1, 0, 0],
    ["tag('a','x') / 2", { dataType: 'Int16' }, 5, 3, 0, 0],
    ["tag('a','x')", { dataType: 'UInt8' }, 256, Number.NaN, Status.BadOutOfRange, 0],
    ["tag('a','x')", { dataType: 'Float32' }, 1e300, Number.NaN, Status.BadOutOfRange, 0],
    ["tag('a','x')", { scale: { factor: 2, offset: 1 } }, 5, 11, 0, 0],
    ["tag('a','x')", { scale: { rawLow: 0, rawHigh: 10, engLow: 0, engHigh: 100, clamp: true } }, 11, 100, 0, 0],
    ["tag('a','x')", { range: { high: 4, outside: 'Keep' } }, 5, 5, 0, 0],
    ["tag('a','x')", { range: { high: 4, outside: 'Clamp' } }, 5, 4, 0, Flag.LimitHigh],
    ["tag('a','x')", { range: { low: 6, outside: 'Clamp' } }, 5, 6, 0, Flag.LimitLow],
    ["tag('a','x')", { range: { low: 6, outside: 'Uncertain' } }, 5, 5, Status.UncertainEngineeringUnitsExceeded, 0],
    ["tag('a','x')", { range: { low: 6, outside: 'Bad' } }, 5, Number.NaN, Status.BadOutOfRange, 0],
  ] as const)('%s as %j of %s', (expression, more, input, value, status, flags) => {
    const driver = new EngineDriver(site([buildTag('c', { expression, ...more })])).run(read(1, 'a/x', input), calculate);
    expect(driver.calculated).toEqual([{ device: 'calc', tag: 'c', timeUs: 1e6, value, status, flags }]);
  });

  it('keep to their reporting deadband, measured from what was told last', () => {
    const driver = new EngineDriver(site([buildTag('c', { expression: "tag('a','x')", deadband: { type: 'Absolute', value: 1 } })]));
    for (const [index, value] of [10, 10.6, 11, 11.2, Number.NaN, 11].entries()) {
      driver.run(read(index, 'a/x', value, Number.isNaN(value) ? bad : 0), calculate);
    }
    expect(driver.calculated.map(({ value }) => value)).toEqual([10, 11.2, Number.NaN, 11]);
  });

  it('say once that they can have no value: in a circle, with a wrong expression, on a disabled device', () => {
    const circle = [
      buildTag('p', { expression: "tag('q')" }),
      buildTag('q', { expression: "tag('p')" }),
      buildTag('wrong', { expression: '1 +' }),
      sum,
    ];
    const driver = new EngineDriver(site(circle)).run(clock(5), calculate, read(6, 'a/x', 1), read(6, 'b/y', 1), calculate);
    const off = Status.BadConfigurationError;
    expect(told(driver)).toEqual([
      ['wrong', 5, Number.NaN, off],
      ['p', 5, Number.NaN, off],
      ['q', 5, Number.NaN, off],
      ['sum', 6, 2, 0],
    ]);
    const disabled = site([sum]);
    driver.run(
      {
        kind: 'model',
        at: 9,
        model: { ...disabled, devices: disabled.devices.map((device) => ({ ...device, mode: 'Disabled' as const })) },
      },
      calculate,
      calculate,
    );
    driver.run({ kind: 'model', at: 10, model: disabled }, calculate);
    expect(told(driver).slice(4)).toEqual([
      ['sum', 9, Number.NaN, Status.BadOutOfService],
      ['sum', 9, 2, 0],
    ]);
  });

  it('have a constant told once, and again when it is another', () => {
    const driver = new EngineDriver(site([buildTag('c', { expression: '42' })])).run(clock(1), calculate, calculate);
    driver.run({ kind: 'model', at: 5, model: site([buildTag('c', { expression: '43' })]) }, calculate);
    driver.restart();
    driver.run(calculate);
    expect(told(driver)).toEqual([
      ['c', 1, 42, 0],
      ['c', 5, 43, 0],
    ]);
  });

  it('carry the mark of simulated inputs', () => {
    const engine = createSiteEngine({ model: site([sum]), alarms: [], latest: [], epoch: 1, nowUs: 0 });
    engine.setCause('run', 7);
    engine.readingAt(engine.slot('a', 'x'), 1, 1, 0, Flag.Simulated, 3);
    engine.readingAt(engine.slot('b', 'y'), 1, 1, 0, Flag.TimeIsReceived, 4);
    expect(engine.calculate()).toEqual([{ device: 'calc', tag: 'sum', timeUs: 1, value: 2, status: 0, flags: Flag.Simulated }]);
  });

  it('have alarms like any other tag, caused by the reading that changed them last', () => {
    const rule = buildRule('r', { type: 'Limit', mode: 'NonExclusive', limits: { high: buildLimit(10, { onDelay: '5s' }) } }, ['calc/sum']);
    const driver = new EngineDriver(site([sum], [rule]));
    driver.run(read(1, 'a/x', 6), read(2, 'b/y', 6), calculate, observe(7, 'a'), observe(6, 'b'), observe(7, 'b'));
    expect(driver.story).toEqual(['7 high Active UNACK']);
    expect(driver.journal[0]).toMatchObject({ cause: 'run:6:0' });
    driver.run(read(8, 'a/x', 1), calculate);
    expect(driver.journal.at(-1)).toMatchObject({ kind: 'Cleared', timeUs: 8e6, cause: 'run:7:0' });
  });
});
