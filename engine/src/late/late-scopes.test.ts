import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { createLateScopes } from './late-scopes.ts';

const limits = { type: 'Limit', mode: 'Exclusive', limits: { high: buildLimit(1, { onDelay: '3s' }) } } as const;
const site = buildModel(
  [
    buildDevice('a', [buildTag('x'), buildTag('silent'), buildTag('free'), buildTag('text', { dataType: 'String' })]),
    buildDevice('off', [buildTag('x')], { mode: 'Disabled' }),
    buildDevice('sums', [buildTag('x', { expression: "tag('a','x')" })], { protocol: 'Calculated' }),
  ],
  [
    buildRule('limits', limits, ['a/x', 'a/text', 'off/x', 'sums/x', 'gone/x'], { offDelay: '5s' }),
    buildRule('state', { type: 'Discrete', alarm: ['1'] }, ['a/x'], { onDelay: '36h' }),
    buildRule('stale', { type: 'Stale', after: '1m' }, ['a/silent']),
  ],
);

describe('alarms that late readings are held against', () => {
  it('are those of measured values: not of silence, of what is calculated, or of what is out of operation', () => {
    const scopes = createLateScopes(site);
    const names = ['a/x', 'a/silent', 'a/free', 'off/x', 'sums/x', 'gone/x'];
    expect(names.filter((name) => scopes.has(name.split('/')[0] ?? '', name.split('/')[1] ?? ''))).toEqual(['a/x']);
    expect(scopes.find('a', 'text')).toBeUndefined(); // a text has no limit
    expect(scopes.find('a', 'silent')).toBeUndefined();
  });

  it('are looked at with their tag alone, and from the longest delay before, a day at most', () => {
    const scope = createLateScopes(site).find('a', 'x');
    expect(scope?.definitions.map(({ rule, limit }) => `${rule} ${limit}`)).toEqual(['limits high', 'state condition']);
    expect(scope?.delayUs).toBe(86_400_000_000);
    expect(scope?.model.devices.flatMap(({ tags }) => tags.map(({ name }) => name))).toEqual(['x']);
  });
});
