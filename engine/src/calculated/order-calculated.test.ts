import { describe, expect, it } from 'vitest';
import { orderCalculated } from './order-calculated.ts';

const tag = (name: string, expression: string, device = 'calc') => ({ device, tag: name, expression });
const namesOf = (result: ReturnType<typeof orderCalculated>) =>
  result.kind === 'ok' ? result.order.map(({ tag: name }) => name) : result.cycle;

describe('orderCalculated', () => {
  it('puts every tag after those it reads', () => {
    const tags = [
      tag('total', "tag('sum') * 2"),
      tag('sum', "tag('a') + tag('other','b')"),
      tag('a', "tag('plc','x')"),
      tag('b', '1', 'other'),
    ];
    expect(namesOf(orderCalculated(tags))).toEqual(['a', 'b', 'sum', 'total']);
  });

  it('tells a circle by its members', () => {
    const tags = [tag('x', '1'), tag('a', "tag('b')"), tag('b', "tag('calc','c')"), tag('c', "tag('a') + tag('x')")];
    expect(orderCalculated(tags)).toEqual({ kind: 'cycle', cycle: ['calc/a', 'calc/b', 'calc/c', 'calc/a'] });
  });

  it('calls a tag that reads itself a circle', () => {
    expect(orderCalculated([tag('a', "tag('a') + 1")])).toEqual({ kind: 'cycle', cycle: ['calc/a', 'calc/a'] });
  });

  it('takes a chain of ten thousand tags, and tags that do not compile', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => tag(`t${index}`, `tag('t${index + 1}')`));
    expect(namesOf(orderCalculated([...chain, tag('broken', '1 +')]))).toHaveLength(10_001);
  });
});
