import type uPlot from 'uplot';

/** Move the window by shift and drag or by the wheel; control and the wheel zoom about the pointer. */
export function bindPan(chart: uPlot, onSpan: (fromSeconds: number, toSeconds: number) => void): void {
  const { over } = chart;
  const span = (): [number, number] => [chart.scales.x?.min ?? 0, chart.scales.x?.max ?? 0];
  over.addEventListener(
    'mousedown',
    (event) => {
      if (!event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const [from, to] = span();
      const perPixel = (to - from) / over.clientWidth;
      const move = (moved: MouseEvent): void => {
        const shift = (event.clientX - moved.clientX) * perPixel;
        chart.setScale('x', { min: from + shift, max: to + shift });
      };
      const up = (ended: MouseEvent): void => {
        removeEventListener('mousemove', move);
        const shift = (event.clientX - ended.clientX) * perPixel;
        if (shift !== 0) onSpan(from + shift, to + shift);
      };
      addEventListener('mousemove', move);
      addEventListener('mouseup', up, { once: true });
    },
    { capture: true },
  );
  over.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const [from, to] = span();
      const length = to - from;
      if (event.ctrlKey) {
        const at = chart.posToVal(event.offsetX, 'x');
        const factor = event.deltaY > 0 ? 1.25 : 0.8;
        return onSpan(at - (at - from) * factor, at + (to - at) * factor);
      }
      const shift = ((Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY) / over.clientWidth) * length * 0.5;
      onSpan(from + shift, to + shift);
    },
    { passive: false },
  );
}
