import { describe, expect, it } from 'vitest';
import { toSparkPath } from './spark-path.ts';

const frame = { fromMs: 0, toMs: 100, width: 100, height: 24 };
const point = (timeMs: number, value: number | null) => ({ timeMs, value });

describe('the small trend', () => {
  it('holds a value until the next one and to the end', () => {
    expect(toSparkPath([point(10, 0), point(50, 10)], frame)).toBe('M10.0 22.0H50.0V2.0H100');
  });

  it('leaves a gap where there is no good value', () => {
    expect(toSparkPath([point(0, 1), point(20, null), point(60, 3)], frame)).toBe('M0.0 22.0H20.0M60.0 2.0H100');
  });

  it('draws a constant in the middle and nothing without values', () => {
    expect(toSparkPath([point(0, 5)], frame)).toBe('M0.0 12.0H100');
    expect(toSparkPath([point(5, null)], frame)).toBe('');
  });

  it('leaves out what is older and puts late points in order', () => {
    expect(toSparkPath([point(-5, 99), point(50, 10), point(10, 0)], frame)).toBe('M10.0 22.0H50.0V2.0H100');
  });
});
