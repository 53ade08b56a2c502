/** How far ahead of its receipt a reading's time may be. */
export const MAX_AHEAD_US = 60_000_000;
/** How far behind its receipt a reading's time may be. */
export const MAX_BEHIND_US = 72 * 3_600_000_000;
/** How long a reading may have waited in a collector. */
export const MAX_HELD_US = 30 * 86_400_000_000;

/** When a reading was received: as its collector says, unless that is in the future or too long ago to be true. */
export function acceptReceived(receivedUs: number, arrivalUs: number): number {
  return receivedUs <= arrivalUs + MAX_AHEAD_US && receivedUs >= arrivalUs - MAX_HELD_US ? receivedUs : arrivalUs;
}

/** True when a reading's own time can be used; else the time of receipt is stored and the original kept beside it. */
export const isInWindow = (timeUs: number, receivedUs: number): boolean =>
  timeUs <= receivedUs + MAX_AHEAD_US && timeUs >= receivedUs - MAX_BEHIND_US;
