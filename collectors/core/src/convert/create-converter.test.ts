import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag, isBad, Status } from '@kubeplant/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveTag } from '../testing/build-config.ts';
import { createConverter } from './create-converter.ts';

const modbus = (
  rawType: NonNullable<EffectiveTag['modbus']>['rawType'],
  invalid?: readonly number[],
): NonNullable<EffectiveTag['modbus']> => ({
  register: 'Holding',
  address: 0,
  addressBase: 0,
  rawType,
  byteOrder: 'ABCD',
  ...(invalid ? { invalid } : {}),
});

interface Case {
  readonly title: string;
  readonly tag: Partial<EffectiveTag>;
  readonly raw: number | string | undefined;
  readonly status?: number;
  readonly flags?: number;
  readonly value: number | string | undefined;
  readonly wantStatus?: number;
  readonly wantFlags?: number;
}

const points = { rawLow: 4000, rawHigh: 20_000, engLow: 0, engHigh: 10 };
const long = 'ä'.repeat(3000);

const cases: readonly Case[] = [
  { title: 'passes a plain number', tag: {}, raw: 1.5, value: 1.5 },
  { title: 'applies factor and offset', tag: { scale: { factor: 0.5, offset: -40 } }, raw: 100, value: 10 },
  { title: 'applies an offset alone', tag: { scale: { offset: 3 } }, raw: 1, value: 4 },
  { title: 'maps two points', tag: { scale: points }, raw: 12_000, value: 5 },
  { title: 'maps a falling line', tag: { scale: { ...points, engLow: 10, engHigh: 0 } }, raw: 4000, value: 10 },
  { title: 'goes beyond the points without clamp', tag: { scale: points }, raw: 3600, value: -0.25 },
  { title: 'holds at the low end with clamp', tag: { scale: { ...points, clamp: true } }, raw: 3600, value: 0, wantFlags: Flag.LimitLow },
  {
    title: 'holds at the high end with clamp',
    tag: { scale: { ...points, clamp: true } },
    raw: 21_000,
    value: 10,
    wantFlags: Flag.LimitHigh,
  },
  {
    title: 'holds a falling line at its ends',
    tag: { scale: { ...points, engLow: 10, engHigh: 0, clamp: true } },
    raw: 3600,
    value: 10,
    wantFlags: Flag.LimitHigh,
  },
  {
    title: 'makes points without a slope Bad',
    tag: { scale: { ...points, rawHigh: 4000 } },
    raw: 5000,
    value: undefined,
    wantStatus: Status.Bad,
  },
  {
    title: 'knows invalid codes before scaling',
    tag: { modbus: modbus('UInt16', [0x8000]), scale: { factor: 0.1 } },
    raw: 0x8000,
    value: undefined,
    wantStatus: Status.BadNoData,
  },
  { title: 'keeps what lies outside the range', tag: { range: { low: 0, high: 10, outside: 'Keep' } }, raw: 11, value: 11 },
  {
    title: 'marks what lies outside as uncertain',
    tag: { range: { low: 0, high: 10, outside: 'Uncertain' } },
    raw: 11,
    value: 11,
    wantStatus: Status.UncertainEngineeringUnitsExceeded,
  },
  {
    title: 'does not improve a status that was worse',
    tag: { range: { low: 0, high: 10, outside: 'Uncertain' } },
    raw: 11,
    status: Status.UncertainInitialValue,
    value: 11,
    wantStatus: Status.UncertainInitialValue,
  },
  {
    title: 'drops what lies outside',
    tag: { range: { high: 10, outside: 'Bad' } },
    raw: 10.1,
    value: undefined,
    wantStatus: Status.BadOutOfRange,
  },
  { title: 'takes the ends as inside', tag: { range: { low: 0, high: 10, outside: 'Bad' } }, raw: 10, value: 10 },
  { title: 'holds at the range', tag: { range: { low: 0, high: 10, outside: 'Clamp' } }, raw: -1, value: 0, wantFlags: Flag.LimitLow },
  { title: 'makes NaN Bad', tag: {}, raw: Number.NaN, value: undefined, wantStatus: Status.Bad },
  { title: 'makes infinity Bad', tag: {}, raw: Number.POSITIVE_INFINITY, value: undefined, wantStatus: Status.Bad },
  {
    title: 'makes infinity Bad even where the range clamps',
    tag: { range: { low: 0, outside: 'Clamp' } },
    raw: Infinity,
    value: undefined,
    wantStatus: Status.Bad,
  },
  { title: 'makes NaN Bad in an integer', tag: { dataType: 'Int16' }, raw: Number.NaN, value: undefined, wantStatus: Status.BadOutOfRange },
  { title: 'rounds integers', tag: { dataType: 'Int16' }, raw: 2.5, value: 3 },
  {
    title: 'refuses integers beyond their limits',
    tag: { dataType: 'UInt8' },
    raw: 256,
    value: undefined,
    wantStatus: Status.BadOutOfRange,
  },
  { title: 'knows no negative zero in integers', tag: { dataType: 'Int16' }, raw: -0.2, value: 0 },
  { title: 'makes Booleans 0 or 1', tag: { dataType: 'Boolean' }, raw: -7, value: 1 },
  { title: 'flags integers beyond 2^53', tag: { dataType: 'UInt64' }, raw: 2 ** 60, value: 2 ** 60, wantFlags: Flag.Truncated },
  {
    title: 'flags wide raw integers whatever they become',
    tag: { dataType: 'Float64', modbus: modbus('UInt64') },
    raw: 2 ** 60,
    value: 2 ** 60,
    wantFlags: Flag.Truncated,
  },
  { title: 'rounds to single precision', tag: { dataType: 'Float32' }, raw: 0.1, value: Math.fround(0.1) },
  {
    title: 'refuses what single precision cannot hold',
    tag: { dataType: 'Float32' },
    raw: 1e39,
    value: undefined,
    wantStatus: Status.BadOutOfRange,
  },
  { title: 'keeps states as numbers', tag: { kind: 'State', dataType: 'Int16', states: { '1': 'Running' } }, raw: 1, value: 1 },
  {
    title: 'passes a Bad status without its value',
    tag: {},
    raw: 3,
    status: Status.BadTimeout,
    value: undefined,
    wantStatus: Status.BadTimeout,
  },
  { title: 'makes a missing value Bad', tag: {}, raw: undefined, value: undefined, wantStatus: Status.BadNoData },
  { title: 'keeps flags', tag: {}, raw: 3, flags: Flag.Snapshot, value: 3, wantFlags: Flag.Snapshot },
  { title: 'refuses text in a number', tag: {}, raw: 'x', value: undefined, wantStatus: Status.BadTypeMismatch },
  { title: 'writes numbers as text', tag: { kind: 'Text', dataType: 'String' }, raw: 12, value: '12' },
  { title: 'cuts text at NUL', tag: { kind: 'Text', dataType: 'String' }, raw: 'ab\0cd', value: 'ab' },
  { title: 'replaces lone surrogates', tag: { kind: 'Text', dataType: 'String' }, raw: 'a\ud800', value: 'a\ufffd' },
  {
    title: 'cuts long text between characters',
    tag: { kind: 'Text', dataType: 'String' },
    raw: `x${long}`,
    value: `x${'ä'.repeat(2047)}`,
    wantFlags: Flag.Truncated,
  },
  {
    title: 'passes a Bad text',
    tag: { kind: 'Text', dataType: 'String' },
    raw: 'x',
    status: Status.Bad,
    value: undefined,
    wantStatus: Status.Bad,
  },
];

describe('createConverter', () => {
  it.each(cases)('$title', ({ tag, raw, status = Status.Good, flags = 0, value, wantStatus = status, wantFlags = flags }) => {
    expect(createConverter(effectiveTag('t', tag))(raw, status, flags)).toEqual({ value, status: wantStatus, flags: wantFlags });
  });

  it('never gives a Bad status a value nor a number that is not finite', () => {
    const scale = fc.record({ factor: fc.double(), offset: fc.double() });
    const range = fc.record({
      low: fc.double({ noNaN: true }),
      high: fc.double({ noNaN: true }),
      outside: fc.constantFrom('Keep', 'Uncertain', 'Bad', 'Clamp'),
    });
    const dataType = fc.constantFrom('Boolean', 'Int8', 'UInt16', 'Int64', 'UInt64', 'Float32', 'Float64');
    fc.assert(
      fc.property(scale, range, dataType, fc.double(), fc.nat(0xffff), (scale, range, dataType, raw, status) => {
        const result = createConverter(effectiveTag('t', { scale, range, dataType }))(raw, status, 0);
        if (isBad(result.status)) expect(result.value).toBeUndefined();
        else expect(Number.isFinite(result.value)).toBe(true);
      }),
    );
  });
});
