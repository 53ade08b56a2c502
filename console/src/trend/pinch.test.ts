import { describe, expect, it } from 'vitest';
import { followFingers } from './pinch.ts';

const hour = { from: 0, to: 3600 };
const width = 360; // ten seconds a pixel

describe('fingers on the trend', () => {
  it('zoom in when two move apart, what was under each staying under it', () => {
    const span = followFingers(hour, [90, 270], [45, 315], width);
    expect(span).toEqual({ from: 600, to: 3000 });
    const perPixel = (span.to - span.from) / width;
    expect([span.from + 45 * perPixel, span.from + 315 * perPixel]).toEqual([900, 2700]);
  });

  it('zoom out when two come together, and never turn the axis round', () => {
    expect(followFingers(hour, [90, 270], [135, 225], width)).toEqual({ from: -1800, to: 5400 });
    const crossed = followFingers(hour, [90, 270], [225, 135], width);
    expect(crossed.to).toBeGreaterThan(crossed.from);
    const touching = followFingers(hour, [90, 270], [180, 181], width);
    expect(touching.to - touching.from).toBe(27_000);
  });

  it('move the window when it is one, against the finger', () => {
    expect(followFingers(hour, [100], [160], width)).toEqual({ from: -600, to: 3000 });
  });

  it('do nothing while they rest', () => {
    expect(followFingers(hour, [90, 270], [90, 270], width)).toEqual(hour);
  });
});
