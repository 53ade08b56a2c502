import { expect, it } from 'vitest';
import { buildDevice, buildModel, buildTag } from '../testing/build-model.ts';
import { calculatedSources } from './calculated-sources.ts';

const calculated = (name: string, ...expressions: string[]) =>
  buildDevice(
    name,
    expressions.map((expression, index) => buildTag(`t${index}`, { expression })),
    { protocol: 'Calculated' },
  );

it('finds the devices with a link behind calculated ones, through other calculated ones and circles', () => {
  const model = buildModel([
    buildDevice('a', [buildTag('x')]),
    buildDevice('b', [buildTag('x')]),
    calculated('sum', "tag('a','x') + tag('b','x')"),
    calculated('twice', "2 * tag('sum','t0')", "tag('t0')"),
    calculated('round', "tag('turn','t0') + tag('a','x')"),
    calculated('turn', "tag('round','t0')"),
    calculated('odd', '1 + 1', '1 +', "tag('nowhere','x')"),
  ]);
  expect(Object.fromEntries(calculatedSources(model))).toEqual({
    sum: ['a', 'b'],
    twice: ['a', 'b'],
    round: ['a'],
    turn: ['a'],
    odd: [],
  });
});
