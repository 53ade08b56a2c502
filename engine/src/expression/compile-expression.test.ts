import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from './compile-expression.ts';

const inputs: Record<string, number> = { 'pump-1/flow': 10, 'pump-1/running': 1, 'pump-2/flow': 20, '/level': 2.5, '/missing': Number.NaN };

function evaluate(text: string): number {
  const compiled = compileExpression(text);
  if (compiled.kind === 'error') throw new Error(compiled.message);
  const values = compiled.inputs.map(({ device, tag }) => inputs[`${device ?? ''}/${tag}`] ?? Number.NaN);
  return compiled.evaluate((input) => values[input] ?? Number.NaN);
}

describe('compileExpression', () => {
  it.each([
    ["tag('pump-1','flow') + tag('pump-2','flow')", 30],
    ["2 * tag('level')", 5],
    ["tag('level') / 2", 1.25],
    ['1 / 2', 0.5],
    ['7 % 4', 3],
    ['-(3 - 5)', 2],
    ['0x10 + 1e2', 116],
    ['min(3, 1.5, 2)', 1.5],
    ["max(tag('level'), 4)", 4],
    ['abs(-3)', 3],
    ['sqrt(16)', 4],
    ['pow(2, 10)', 1024],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(1.2345, 2)', 1.23],
    ["tag('level') > 2 ? 10 : 20", 10],
    ["tag('pump-1','running') == true ? 1 : 0", 1],
    ["tag('pump-1','running') != 1", 0],
    ["tag('level') >= 2.5 && !(tag('level') < 1)", 1],
    ["false && tag('missing') > 1", 0],
    ["tag('missing') > 1 && false", 0],
    ["true || tag('missing') > 1", 1],
    ["tag('missing') > 1 || true", 1],
    ['1 / 0', Number.NaN],
    ['0 / 0', Number.NaN],
    ['7 % 0', Number.NaN],
    ['sqrt(-1)', Number.NaN],
    ['pow(10, 400)', Number.NaN],
    ['1e308 * 10', Number.NaN],
    ["tag('missing') > 1 ? 1 : 2", Number.NaN],
    ["tag('missing') == tag('missing')", Number.NaN],
    ["max(1, tag('missing'))", Number.NaN],
    ["tag('missing') > 1 || false", Number.NaN],
    ['round(1, 99)', Number.NaN],
  ])('evaluates %s', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it('names each tag once, in order, with the device where one is given', () => {
    const compiled = compileExpression("tag('b') + tag('x','a') * tag('b') + tag('x','b')");
    expect(compiled).toMatchObject({ kind: 'ok', inputs: [{ tag: 'b' }, { device: 'x', tag: 'a' }, { device: 'x', tag: 'b' }] });
  });

  it('gives variables their values by position', () => {
    const compiled = compileExpression('previous + dt * 3', { variables: ['previous', 'dt', 'time'] });
    if (compiled.kind === 'error') throw new Error(compiled.message);
    expect(compiled.evaluate(() => Number.NaN, [10, 0.5, 99])).toBe(11.5);
  });

  it.each([
    ['1 +', 3, 'Unexpected token'],
    ['', 0, 'Unexpected token'],
    ['level * 2', 0, `"level" is unknown; a tag is read by tag('level')`],
    ["1 + 'a'", 4, 'a text stands here'],
    ['1 + 3u', 4, 'an unsigned integer'],
    ['1 + null', 4, 'null stands here'],
    ['2 + floor(1)', 4, 'function floor() is unknown'],
    ['toString(1)', 0, 'function toString() is unknown'],
    ['sqrt(1, 2)', 0, 'sqrt() takes 1 number, 2 given'],
    ['min()', 0, 'min() takes at least 1 numbers, 0 given'],
    ['tag(1)', 4, 'names in tag() are quoted texts'],
    ["tag('a','b','c')", 0, 'tag() takes'],
    ["tag('a') ? 1 : 2", 0, 'a condition is needed; compare it, e.g. != 0'],
    ["1 + (tag('a') > 2)", 5, 'a number is needed'],
    ['true ? 1 : false', 11, 'both sides'],
    ['a.b', 0, 'a field or method'],
    ['[1, 2][0]', 0, 'a list'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, undefined, ''],
    ['9'.repeat(400), 0, 'too large'],
  ])('refuses %s at its position, saying why', (text, position, reason) => {
    const compiled = compileExpression(text);
    if (compiled.kind === 'ok') throw new Error(`${text} was accepted`);
    if (position !== undefined) expect(compiled.position).toBe(position);
    expect(compiled.message).toContain(reason);
  });

  it('never throws, whatever the text and the inputs', () => {
    const token = fc.constantFrom(
      'tag(',
      "'a'",
      ')',
      '(',
      '1',
      '2.5',
      '+',
      '-',
      '*',
      '/',
      '%',
      '?',
      ':',
      '<',
      '==',
      '&&',
      '!',
      ',',
      'min(',
      'x',
      ' ',
      '[',
      '.',
      '"',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, fc.double(), (source, value) => {
        const compiled = compileExpression(source);
        if (compiled.kind === 'ok') expect(typeof compiled.evaluate(() => value)).toBe('number');
      }),
    );
  });
});
