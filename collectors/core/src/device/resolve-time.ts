import { Flag } from '@kubeplant/words';

/** A device's time is taken up to this far ahead of ours, microseconds (1 minute). */
export const MAX_AHEAD_US = 60 * 1_000_000;
/** A device's time is taken up to this far behind ours, microseconds (72 hours). */
export const MAX_BEHIND_US = 72 * 3_600 * 1_000_000;

/** The time of a reading. */
export interface ResolvedTime {
  readonly timeUs: number;
  readonly flags: number;
  /** The device's own time, where it was thrown out. */
  readonly originalUs?: number;
}

/** The device's time where it is inside the window, else the time of receipt, flagged. Microseconds since 1970. */
export function resolveTime(deviceUs: number | undefined, receivedUs: number): ResolvedTime {
  if (deviceUs === undefined) return { timeUs: receivedUs, flags: Flag.TimeIsReceived };
  const timeUs = Math.round(deviceUs);
  if (timeUs >= receivedUs - MAX_BEHIND_US && timeUs <= receivedUs + MAX_AHEAD_US) return { timeUs, flags: 0 };
  const thrownOut = { timeUs: receivedUs, flags: Flag.TimeIsReceived | Flag.TimeInvalid };
  return Number.isSafeInteger(timeUs) ? { ...thrownOut, originalUs: timeUs } : thrownOut;
}
