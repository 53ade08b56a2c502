import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** A ULID: 48 bits of time and 80 random bits in 26 characters that sort by time. */
export function ulid(nowMs: number, random: (sizeBytes: number) => Uint8Array = randomBytes): string {
  let time = Math.floor(nowMs);
  let text = '';
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    text = ALPHABET.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (const byte of random(RANDOM_CHARACTERS)) text += ALPHABET.charAt(byte & 31);
  return text;
}
