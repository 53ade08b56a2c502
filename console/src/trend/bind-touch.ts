import type uPlot from 'uplot';
import { type AxisSpan, followFingers } from './pinch.ts';

/** Touches of one gesture: the window and the fingers when the last finger came or went. */
interface Gesture {
  readonly span: AxisSpan;
  readonly places: readonly number[];
}

/** One finger moves the window, two zoom it; up and down still scrolls the page. Tells whether fingers hold it now. */
export function bindTouch(chart: uPlot, onSpan: (fromSeconds: number, toSeconds: number) => void): () => boolean {
  const { over } = chart;
  const fingers = new Map<number, number>();
  let gesture: Gesture | undefined;
  let moved = false;
  over.style.touchAction = 'pan-y';
  const placeOf = (event: PointerEvent): number => event.clientX - over.getBoundingClientRect().left;
  const begin = (): void => {
    const span = { from: chart.scales.x?.min ?? 0, to: chart.scales.x?.max ?? 0 };
    gesture = fingers.size === 0 ? undefined : { span, places: [...fingers.values()] };
  };
  const end = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    begin();
    const { min, max } = chart.scales.x ?? {};
    if (fingers.size > 0 || !moved || min == null || max == null) return;
    moved = false;
    onSpan(min, max);
  };
  over.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' || fingers.size === 2) return;
    fingers.set(event.pointerId, placeOf(event));
    begin();
  });
  over.addEventListener('pointermove', (event) => {
    if (gesture === undefined || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, placeOf(event));
    const { from, to } = followFingers(gesture.span, gesture.places, [...fingers.values()], over.clientWidth);
    moved = true;
    chart.setScale('x', { min: from, max: to });
  });
  over.addEventListener('pointerup', end);
  over.addEventListener('pointercancel', end);
  return () => gesture !== undefined;
}
