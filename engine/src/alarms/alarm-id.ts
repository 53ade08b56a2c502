import { hash } from 'node:crypto';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 hex digits of a SHA-256 over the parts; the same parts always give the same id. */
function idOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'buffer').toString('hex', 0, 16);
}

/** Id of an alarm: rule × device × tag × limit. */
export const alarmId = (ruleUid: string, device: string, tag: string, limit: string): string => idOf('alarm', ruleUid, device, tag, limit);

/** Id of a journal row. */
export const transitionId = (alarm: string, occurrence: string, kind: string, cause: string): string =>
  idOf('transition', alarm, occurrence, kind, cause);

/**
 * Id of one coming and going, shaped as a ULID: time, then a hash instead of chance. The occurrence before is part of
 * it, so two of one alarm never get the same id, and a replay from the same state gets the same one again.
 */
export function occurrenceId(alarm: string, previous: string, timeUs: number, cause: string): string {
  const digest = hash('sha256', JSON.stringify(['occurrence', alarm, previous, timeUs, cause]), 'buffer');
  let tail = '';
  for (const byte of digest.subarray(0, 16)) tail += crockford.charAt(byte & 31);
  return encodeTime(timeUs) + tail;
}

function encodeTime(timeUs: number): string {
  let rest = Math.max(0, Math.floor(timeUs / 1000));
  let text = '';
  for (let digit = 0; digit < 10; digit += 1) {
    text = crockford.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
