/** Flags of a reading: a bit each, stored as int2 (so at most 15 bits are used). */
export const Flag = {
  /** Arrived after newer readings of the tag had been evaluated. */
  Late: 1 << 0,
  /** Made by a simulator; never to be mistaken for the plant. */
  Simulated: 1 << 1,
  /** Entered by a person in place of the field's value. */
  Substituted: 1 << 2,
  /** The source says the value is blocked. */
  Blocked: 1 << 3,
  /** Values were lost in the source's queue before this one. */
  QueueOverflow: 1 << 4,
  /** The value was limited at the low end. */
  LimitLow: 1 << 5,
  /** The value was limited at the high end. */
  LimitHigh: 1 << 6,
  /** The source says the value cannot change. */
  LimitConstant: 1 << 7,
  /** The device's time was invalid or outside the accepted window. */
  TimeInvalid: 1 << 8,
  /** `time` is the time of receipt, because the protocol carries none or it was invalid. */
  TimeIsReceived: 1 << 9,
  /** Part of a full picture of the device, not a change. */
  Snapshot: 1 << 10,
  /** Text beyond 4 KiB was cut, or an integer beyond 2^53 rounded. */
  Truncated: 1 << 11,
  /** Unit, type or states changed with this reading. */
  SemanticsChanged: 1 << 12,
  /** A counter was reset or rolled over before this reading. */
  CounterDiscontinuity: 1 << 13,
} as const;

/** Name of a flag. */
export type FlagName = keyof typeof Flag;

/** Names of the flags set in `flags`, in bit order. */
export function flagNames(flags: number): FlagName[] {
  if (flags === 0) return [];
  return (Object.entries(Flag) as [FlagName, number][]).filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
}
