/** RFC 3339 in UTC; microseconds only where there are any. Years 1970 to 9999. */
export function formatTime(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const restUs = Math.round(timeUs - ms * 1000);
  const text = new Date(ms).toISOString();
  return restUs === 0 ? text : `${text.slice(0, -1)}${String(restUs).padStart(3, '0')}Z`;
}

/** The last time that is written with a year of four digits; a number holds microseconds exactly until 2255 only. */
const lastUs = 253_402_300_799_999_000;

/** Microseconds since 1970 of a time that the schema has accepted; undefined for a day that does not exist. */
export function parseTime(text: string): number | undefined {
  const match = /^(.{19})(?:\.(\d{1,6}))?Z$/.exec(text);
  const seconds = Date.parse(`${match?.[1] ?? ''}Z`);
  if (match === null || Number.isNaN(seconds) || new Date(seconds).toISOString().slice(0, 19) !== match[1]) return undefined;
  return Math.min(lastUs, seconds * 1000 + Number((match[2] ?? '').padEnd(6, '0')));
}
