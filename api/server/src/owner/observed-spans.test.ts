import { expect, it } from 'vitest';
import { createObservedSpans } from './observed-spans.ts';

const span = (startedUs: number, endedUs: number) => ({ deviceId: 1, simulated: false, startedUs, endedUs });

it('grows one row while spans touch', () => {
  const spans = createObservedSpans([]);
  spans.add(span(10, 20));
  spans.add(span(20, 30));
  expect(spans.take()).toEqual([span(10, 30)]);
  spans.add(span(30, 40));
  expect(spans.take()).toEqual([span(10, 40)]);
  expect(spans.take()).toEqual([]);
});

it('begins a row after a gap, and goes on with the row that was stored before a restart', () => {
  const spans = createObservedSpans([span(10, 40)]);
  spans.add(span(40, 50));
  spans.add(span(60, 70));
  expect(spans.take()).toEqual([span(10, 50), span(60, 70)]);
});

it('tells by how much a device was confirmed further', () => {
  const spans = createObservedSpans([span(10, 40)]);
  spans.add(span(30, 50));
  spans.add(span(50, 60));
  spans.add(span(20, 45));
  expect(spans.takeGrown()).toEqual([span(40, 60)]);
  expect(spans.takeGrown()).toEqual([]);
});

it('grows one row with a backlog in order while another grows with what is live', () => {
  const spans = createObservedSpans([span(10, 20)]);
  spans.add(span(100, 110));
  for (let at = 20; at < 60; at += 10) {
    spans.add(span(at, at + 10));
    spans.add(span(at + 90, at + 100));
  }
  expect(spans.take()).toEqual([span(100, 150), span(10, 60)]);
  expect(spans.newest(span(0, 0))).toEqual(span(100, 150));
});

it('keeps an older span from a backlog in a row of its own', () => {
  const spans = createObservedSpans([span(100, 200)]);
  spans.add(span(10, 20));
  spans.add(span(200, 210));
  expect(spans.take()).toEqual([span(10, 20), span(100, 210)]);
});
