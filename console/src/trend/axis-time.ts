import { toLocalTime } from '../format/time.ts';

/** Labels of the time axis on the clock of a site: as fine as the span needs, and the date wherever the day begins anew. */
export function formatAxisTimes(splits: readonly number[], spanSeconds: number, timeZone: string): string[] {
  let shownDate = '';
  return splits.map((seconds) => {
    const { date, clock } = toLocalTime(seconds * 1000, timeZone);
    const time = spanSeconds > 600 ? clock.slice(0, 5) : clock;
    const withDate = date !== shownDate;
    shownDate = date;
    if (spanSeconds > 2 * 86_400 && clock === '00:00:00') return date.slice(5);
    return withDate ? `${time}\n${date}` : time;
  });
}
